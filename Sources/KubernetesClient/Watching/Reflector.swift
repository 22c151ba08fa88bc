public import Documents

/// What a reflector has to say.
public enum ReflectorEvent<Item: Sendable>: Sendable {
    /// These are all objects now; what is not among them is gone.
    case replaced(ObjectList<Item>)
    /// These things happened since, in this order.
    case changed([WatchEvent<Item>], resourceVersion: String)
    /// Something failed, and will be tried again after `wait`. What was said before holds until then.
    case failed(ClientError, wait: Duration)
}

/// Follows the objects of one kind: a list, then a watch that is resumed for as long as the server remembers.
///
/// A cut, a time-out or a server that restarts costs a resumed watch; a version that the server no longer has (410)
/// costs a new list. Either comes after a random wait.
///
///     let reflector = Reflector(client: client, scope: ListScope(.pods)) { Pod($0) }
///     await reflector.run { event in cache.take(event) }
public struct Reflector<Item: Sendable>: Sendable {
    /// How lists are read. Only the first one may be stale: later ones must not go back behind what was seen.
    public var listOptions = ListOptions()
    /// How long the server lets a watch live at least; at random up to twice as long, so that watches end apart.
    public var watchTime = Duration.seconds(300)
    /// How long to wait after failures.
    public var backoff = Backoff()
    /// At least so much time lies between two comparisons; nil for none.
    public var comparePeriod: Duration?
    /// Is told what objects the server had at the very version that has been delivered, between two watches; says whether
    /// that is what the caller has. If not, all objects are listed and delivered anew.
    public var compare: (@Sendable ([ObjectVersion]) async -> Bool)?
    /// The randomness of waits and of `watchTime`.
    public var random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    private let client: APIClient
    private let scope: ListScope
    private let read: @Sendable (Value) -> Item?

    /// Prepares to follow a kind.
    ///
    /// - Parameter read: Makes of an object what the caller keeps, or nil to leave it out. A value that is kept keeps
    ///   the text of all that came with it in memory.
    public init(client: APIClient, scope: ListScope, read: @escaping @Sendable (Value) -> Item?) {
        self.client = client
        self.scope = scope
        self.read = read
    }

    /// Follows until the task is cancelled.
    ///
    /// - Parameter deliver: Takes events, one after the other. While it has not returned, the server has to wait.
    public func run(_ deliver: @Sendable (ReflectorEvent<Item>) async -> Void) async {
        var state = self
        var version: String?
        var compared = client.time.elapsed
        while !Task.isCancelled {
            do throws(ClientError) {
                if let from = version {
                    // A watch that ends at once and says nothing is as good as a failure.
                    let wasOfUse = try await state.watch(from: from, &version, deliver)
                    if !wasOfUse { throw .transport(Self.shortWatch) }
                    if let reached = version, let period = comparePeriod,
                        client.time.elapsed - compared >= period
                    {
                        compared = client.time.elapsed
                        if try await !isRight(at: reached) { version = nil }
                    }
                } else {
                    let list = try await client.list(scope, options: state.listOptions, read: read)
                    state.listOptions.allowsStale = false
                    version = list.resourceVersion
                    compared = client.time.elapsed
                    await deliver(.replaced(list))
                }
            } catch {
                if error.isCancellation || Task.isCancelled { return }
                if Self.needsList(after: error) { version = nil }
                let jittered = state.nextWait()
                // A server that says when to come back means at least.
                let wait = max(jittered, min(error.status?.retryAfter ?? .zero, state.backoff.longest))
                await deliver(.failed(error, wait: wait))
                do { try await client.sleep(for: wait) } catch { return }
            }
        }
    }

    /// Asks the server what it had at a version, and the caller whether that is so.
    ///
    /// A server that no longer knows says nothing about the caller: the watch goes on from that version, or fails itself.
    private func isRight(at version: String) async throws(ClientError) -> Bool {
        guard let compare else { return true }
        do {
            return await compare(try await client.versions(scope, at: version, options: listOptions))
        } catch {
            if error.status?.isVersionUnavailable == true { return true }
            throw error
        }
    }

    /// Whether a watch cannot be resumed after a failure: the server refused, and not only for now.
    static func needsList(after error: ClientError) -> Bool {
        switch error {
        case .transport, .credentials: return false
        // What the watch would say once more would be no better.
        case .malformedAnswer: return true
        case .refused(let status):
            if status.isVersionUnavailable { return true }
            return status.code < 500 && ![401, 403, 408, 429].contains(status.code)
        }
    }

    private static var shortWatch: TransportError {
        TransportError(kind: .cut, detail: "the watch ended at once, without an event")
    }

    /// Watches until the server ends the watch.
    ///
    /// - Parameter version: Follows what has been delivered, also when the watch fails.
    /// - Returns: Whether it lived or said something.
    private mutating func watch(
        from start: String, _ version: inout String?,
        _ deliver: @Sendable (ReflectorEvent<Item>) async -> Void
    ) async throws(ClientError) -> Bool {
        let begin = client.time.elapsed
        let seconds = watchTime.milliseconds / 1000
        let limit = Int.random(in: seconds...(2 * seconds), using: &random)
        var request = scope.request([
            ("watch", "true"), ("allowWatchBookmarks", "true"), ("resourceVersion", start),
            ("timeoutSeconds", String(limit)),
        ])
        // The server ends the watch; if it forgets, we do.
        request.timeout = .seconds(limit + 30)
        request.maximumRetries = 0
        let stream = try await client.open(request)
        let name = "watch of \(scope.resource)"
        var isFruitless = true
        while let lines = try await nextLines(stream) {
            let batch = WatchBatch(lines, name: name, read: read)
            if let reached = batch.resourceVersion {
                version = reached
                isFruitless = false
                if !batch.events.isEmpty { await deliver(.changed(batch.events, resourceVersion: reached)) }
            }
            if let end = batch.end { throw end }
        }
        return !isFruitless || client.time.elapsed - begin >= .seconds(1)
    }

    private func nextLines(_ stream: ResponseStream) async throws(ClientError) -> [UInt8]? {
        do { return try await stream.nextLines() } catch { throw .transport(error) }
    }

    private mutating func nextWait() -> Duration {
        backoff.next(now: client.time.elapsed, using: &random)
    }
}
