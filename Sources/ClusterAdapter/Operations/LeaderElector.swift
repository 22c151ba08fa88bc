import ClusterModel
import Documents
public import KubernetesClient

/// Decides among several processes which one schedules, by a Lease, as client-go does: a mixed fleet is safe.
///
/// The holder renews its lease; the others take it over once it has not been renewed for its duration, by their own
/// clocks, from when they saw it change. A holder that cannot renew in time stops before anybody else may begin.
///
/// Source: client-go's `leaderelection` package, its times and the object that it writes.
public struct LeaderElector: Sendable {
    /// The lease that is held.
    public struct Lease: Sendable {
        /// Its namespace.
        public var namespace = "gangwright-system"
        /// Its name.
        public var name = "gangwright"
        /// How long others wait for it to be renewed.
        public var duration = Duration.seconds(15)
        /// How long the holder tries to renew it before it gives up.
        public var renewDeadline = Duration.seconds(10)
        /// How often it is looked at or renewed.
        public var retryPeriod = Duration.seconds(2)

        /// client-go's times.
        public init() {}
    }

    private let client: APIClient
    private let lease: Lease
    private let identity: String
    private let log: Log
    private static let resource = GroupVersionResource(
        group: "coordination.k8s.io", version: "v1", resource: "leases")

    /// One of several that want a lease.
    ///
    /// - Parameter identity: Tells this process from the others.
    public init(client: APIClient, lease: Lease, identity: String, log: Log) {
        self.client = client
        self.lease = lease
        self.identity = identity
        self.log = log
    }

    /// An annotation of the lease: while it is `"true"` the holder decides nothing.
    public static let pauseAnnotation = "gangwright.io/paused"

    /// Waits for the lease, holds it, and returns when it is lost or the task is cancelled; then it is given back.
    ///
    /// - Parameters:
    ///   - leads: Hears when the lease is held, and when no longer; what it waits for then comes before the lease is
    ///     given back.
    ///   - renews: Hears until when the holder may decide, each time that the lease is taken or renewed.
    ///   - pauses: Hears what the lease's annotation says, whenever it is read.
    public func run(
        leads: @Sendable (Bool) async -> Void, renews: @escaping @Sendable (ContinuousClock.Instant) -> Void,
        pauses: @escaping @Sendable (Bool) -> Void
    ) async {
        var state = State(renews: renews, pauses: pauses)
        guard await acquire(&state) else { return }
        log.info("the lease is held", ["lease": "\(lease.namespace)/\(lease.name)", "identity": identity])
        await leads(true)
        await hold(&state)
        await leads(false)
        if Task.isCancelled { await release(state) }
    }

    // MARK: Steps

    /// What is known of the lease.
    private struct State {
        let renews: @Sendable (ContinuousClock.Instant) -> Void
        let pauses: @Sendable (Bool) -> Void
        var object: Value?
        var seen: [String] = []
        var seenAt = ContinuousClock.now
        /// When the request was sent that took or renewed it last.
        var takenAt = ContinuousClock.now
    }

    private func acquire(_ state: inout State) async -> Bool {
        while !Task.isCancelled {
            if await take(&state, until: .now + lease.renewDeadline) { return true }
            try? await Task.sleep(for: lease.retryPeriod * Double.random(in: 1...1.2))
        }
        return false
    }

    private func hold(_ state: inout State) async {
        while !Task.isCancelled {
            // From before the request was sent: nobody else can have seen the lease renewed earlier.
            let deadline = state.takenAt + lease.renewDeadline
            try? await Task.sleep(for: lease.retryPeriod)
            if Task.isCancelled { return }
            if await !take(&state, until: deadline), ContinuousClock.now >= deadline {
                log.error(
                    "the lease could not be renewed in time", ["lease": "\(lease.namespace)/\(lease.name)"])
                return
            }
        }
    }

    /// Takes or renews the lease if that is possible now and until the deadline: a server that does not answer must not
    /// keep its holder from noticing that the lease has run out.
    private func take(_ state: inout State, until deadline: ContinuousClock.Instant) async -> Bool {
        let begin = ContinuousClock.now
        let (client, lease) = (client, lease)
        do throws(ClientError) {
            let object: Value
            do throws(ClientError) {
                object = try await ask(until: deadline) { () throws(ClientError) in
                    try await client.get(Self.resource, namespace: lease.namespace, name: lease.name)
                        .document(name: "lease")
                }
            } catch {
                guard error.status?.code == 404 else { throw error }
                let body = document(nil, holder: identity, acquired: .now, transitions: 0)
                let created = try await ask(until: deadline) { () throws(ClientError) in
                    try await client.create(
                        Self.resource, namespace: lease.namespace, body: Array(body.json(pretty: false).utf8))
                }
                noteHeld(try created.document(name: "lease"), since: begin, &state)
                return true
            }
            note(object, &state)
            let spec = object["spec"]
            let holder = spec?["holderIdentity"]?.string ?? ""
            let seconds = spec?["leaseDurationSeconds"]?.integer ?? 0
            if !holder.isEmpty, holder != identity,
                ContinuousClock.now - state.seenAt < .seconds(seconds)
            {
                return false
            }
            let isNew = holder != identity
            let transitions = (spec?["leaseTransitions"]?.integer ?? 0) + (isNew ? 1 : 0)
            let acquired = isNew ? MicroTime.now : MicroTime(text: spec?["acquireTime"]?.string ?? "")
            let body = document(object, holder: identity, acquired: acquired, transitions: transitions)
            let updated = try await ask(until: deadline) { () throws(ClientError) in
                try await client.update(
                    Self.resource, namespace: lease.namespace, name: lease.name,
                    body: Array(body.json(pretty: false).utf8))
            }
            noteHeld(try updated.document(name: "lease"), since: begin, &state)
            return true
        } catch {
            // Somebody was quicker, which is no failure.
            if error.status?.reason != .conflict, !Task.isCancelled {
                let reason = error.isCancellation ? "the server does not answer in time" : "\(error)"
                log.warning(
                    "the lease cannot be read or written",
                    ["lease": "\(lease.namespace)/\(lease.name)", "error": reason])
            }
            return false
        }
    }

    /// Gives the lease back, so that another may have it at once.
    private func release(_ state: State) async {
        guard let object = state.object else { return }
        let body = document(
            object, holder: "", acquired: .now,
            transitions: object["spec"]?["leaseTransitions"]?.integer ?? 0,
            seconds: 1)
        // The task is cancelled; what is asked of the server is not.
        let bytes = Array(body.json(pretty: false).utf8)
        let (client, lease, log) = (client, lease, log)
        await Task.detached {
            do {
                _ = try await client.update(
                    Self.resource, namespace: lease.namespace, name: lease.name, body: bytes)
                log.info("the lease is given back", ["lease": "\(lease.namespace)/\(lease.name)"])
            } catch {
                log.warning("the lease was not given back", ["error": "\(error)"])
            }
        }.value
    }

    /// Asks something of the server, but not for longer than until the deadline.
    ///
    /// - Throws: What the request throws; a cancellation when the deadline passes.
    private func ask<Answer: Sendable>(
        until deadline: ContinuousClock.Instant,
        _ request: @escaping @Sendable () async throws(ClientError) -> Answer
    ) async throws(ClientError) -> Answer {
        let result = await withTaskGroup(of: Result<Answer, ClientError>?.self) { group in
            group.addTask {
                do throws(ClientError) { return .success(try await request()) } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                try? await Task.sleep(until: deadline, clock: .continuous)
                return nil
            }
            var result = await group.next() ?? nil
            group.cancelAll()
            // What was under way ends at once, or has ended just now.
            while let other = await group.next() { result = result ?? other }
            return result
        }
        guard let result else { preconditionFailure("a request that is cancelled ends with an error") }
        return try result.get()
    }

    /// Remembers when the lease was taken or renewed: at the latest when the server was asked to.
    private func noteHeld(_ object: Value, since begin: ContinuousClock.Instant, _ state: inout State) {
        note(object, &state)
        state.takenAt = begin
        state.renews(begin + lease.renewDeadline)
    }

    /// Remembers when the lease was seen to change: clocks of other machines do not matter.
    private func note(_ object: Value, _ state: inout State) {
        let spec = object["spec"]
        let seen = ["holderIdentity", "renewTime", "acquireTime"].map { spec?[$0]?.string ?? "" }
        if seen != state.seen {
            state.seen = seen
            state.seenAt = .now
        }
        state.object = object
        state.pauses(object["metadata"]?["annotations"]?[Self.pauseAnnotation]?.string == "true")
    }

    /// The lease as it is to be; of an older one what is not the elector's stays as it is.
    private func document(
        _ older: Value?, holder: String, acquired: MicroTime, transitions: Int64, seconds: Int64? = nil
    ) -> OutputValue {
        let metadata =
            older?["metadata"]?.output
            ?? ["name": .string(lease.name), "namespace": .string(lease.namespace)]
        return [
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata,
            "spec": [
                "holderIdentity": .string(holder),
                "leaseDurationSeconds": .integer(seconds ?? lease.duration.components.seconds),
                "acquireTime": .string(acquired.text), "renewTime": .string(MicroTime.now.text),
                "leaseTransitions": .integer(transitions),
            ],
        ]
    }
}

/// A time as leases have it, with microseconds.
private struct MicroTime {
    let text: String

    init(text: String) { self.text = text.isEmpty ? Self.now.text : text }

    static var now: MicroTime { MicroTime(text: "\(WallClock.now.text.dropLast())000Z") }
}
