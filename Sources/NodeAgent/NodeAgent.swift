import ClusterModel
import Documents
public import KubernetesClient
import Synchronization

/// Publishes a node's topology, and again when it changes.
public final class NodeAgent: Sendable {
    /// How the agent goes about it.
    public struct Options: Sendable {
        /// How often the kubelet's files are looked at.
        public var checkPeriod = Duration.seconds(10)
        /// How often the machine is read anew, and what is published compared with it.
        public var publishPeriod = Duration.seconds(600)

        /// 10 seconds and 10 minutes.
        public init() {}
    }

    /// Something that the agent's log should say.
    public enum Remark: Equatable, Sendable {
        /// The node has no GPUs; said once.
        case noGPUs
        /// Something was written.
        case published(NodePublisher.Outcome)
        /// Labels are somebody else's; said when they change.
        case foreignLabels([String])
        /// The API server has no Numatopology kind; said once.
        case noSuchKind
        /// Nothing could be published.
        case failed(String)
        /// The machine or the kubelet's files cannot be read; said once for each reason.
        case unreadable(String)
    }

    private let source: any NodeReportSource
    private let publisher: NodePublisher
    private let options: Options
    private let time: any TimeSource
    private let remark: @Sendable (Remark) -> Void
    private let state = Mutex(State())

    private struct State {
        var isReady = false
        var said: Set<String> = []
        var published: NodeReport?
    }

    /// An agent; it does nothing yet.
    public init(
        source: any NodeReportSource, publisher: NodePublisher, options: Options = Options(),
        time: any TimeSource = SystemTime(), remark: @escaping @Sendable (Remark) -> Void
    ) {
        self.source = source
        self.publisher = publisher
        self.options = options
        self.time = time
        self.remark = remark
    }

    /// Whether the node's topology has been published.
    public var isReady: Bool { state.withLock { $0.isReady } }

    /// Publishes until the task is cancelled.
    public func run() async {
        var random = SystemRandomNumberGenerator()
        // An API server that comes back is not to be asked by all agents every few seconds.
        var backoff = Backoff()
        backoff.shortest = options.checkPeriod
        backoff.longest = max(options.checkPeriod, min(options.publishPeriod, .seconds(300)))
        while !Task.isCancelled {
            var wait: Duration
            if await publishOnce() {
                // All agents of a cluster start together: they come back apart.
                let share = Double.random(in: 0.9...1.1, using: &random)
                wait = options.publishPeriod * share
            } else {
                wait = backoff.next(now: time.elapsed, using: &random)
            }
            // Between two rounds only the kubelet's files are looked at, which costs nothing.
            while wait > .zero, !Task.isCancelled {
                let nap = min(wait, options.checkPeriod)
                do { try await time.sleep(for: nap) } catch { return }
                wait -= nap
                if hasKubeletChanged() { break }
            }
        }
    }

    /// Reads the node and publishes it; `false` where it could not.
    public func publishOnce() async -> Bool {
        let read: (report: NodeReport, remarks: [String])
        do throws(NodeReportFailure) {
            read = try source.report()
        } catch {
            sayOnce(.unreadable(error.reason), key: error.reason)
            return false
        }
        for remark in read.remarks { sayOnce(.unreadable(remark), key: remark) }
        if read.report.topology.gpus.isEmpty { sayOnce(.noGPUs, key: "no GPUs") }
        do throws(ClientError) {
            let outcome = try await publisher.publish(read.report)
            if outcome.topology == .noSuchKind {
                sayOnce(.noSuchKind, key: "no such kind")
            } else {
                forget("no such kind")
            }
            if !outcome.foreignLabels.isEmpty {
                sayOnce(.foreignLabels(outcome.foreignLabels), key: "labels \(outcome.foreignLabels)")
            }
            if outcome.topology.isWritten || outcome.labels.isWritten { remark(.published(outcome)) }
            state.withLock {
                $0.isReady = outcome.topology != .noSuchKind
                $0.published = read.report
            }
            return outcome.topology != .noSuchKind
        } catch {
            if error.isCancellation { return false }
            remark(.failed(error.description))
            return false
        }
    }

    private func hasKubeletChanged() -> Bool {
        guard let published = state.withLock({ $0.published }) else { return false }
        return source.kubelet(beside: published).map { $0 != published } ?? false
    }

    private func sayOnce(_ something: Remark, key: String) {
        if state.withLock({ $0.said.insert(key).inserted }) { remark(something) }
    }

    private func forget(_ key: String) {
        _ = state.withLock { $0.said.remove(key) }
    }
}

/// Where an agent's reports come from.
public protocol NodeReportSource: Sendable {
    /// The node as it is now, and what could not be read of it.
    func report() throws(NodeReportFailure) -> (report: NodeReport, remarks: [String])
    /// A report with what the kubelet's files say now; `nil` where they cannot be read.
    func kubelet(beside report: NodeReport) -> NodeReport?
}

/// Why there is no report.
public struct NodeReportFailure: Error, Equatable, Sendable {
    /// One line.
    public let reason: String

    /// A failure with its reason.
    public init(_ reason: String) { self.reason = reason }
}
