import KubernetesAPI
import Recording
import SchedulingLoop
import SchedulingPolicy

// A recording that has reached its limit is followed by another one, which can be replayed from it alone: a loop that
// begins anew is fed the whole cluster, as after a start, and decides as the one before it would have.
extension Scheduler {
    /// How long bindings that are under way are waited for.
    private static let patience = Duration.seconds(10)

    /// Follows the cluster until the task is cancelled; from its beginning, when a recording begins anew.
    func follow() async {
        while !Task.isCancelled {
            let feed = ClusterFeed(
                client: client, kinds: Self.kinds, inbox: inbox, log: log, metrics: metrics,
                keepsText: options.recording != nil, comparePeriod: options.comparePeriod)
            await withTaskGroup { group in
                group.addTask { await feed.run() }
                group.addTask { for await _ in self.renewals.stream { return } }
                await group.next()
                group.cancelAll()
            }
            if !Task.isCancelled { beginAnew() }
        }
    }

    /// Has another recording begun as soon as no binding is under way: the loop that begins anew would not know of it.
    func renewRecording() {
        guard let due = renewalDue, !isRenewing else { return }
        let isQuiet = shadow != nil || driver.assumed.isEmpty
        if isQuiet || ContinuousClock.now - due > Self.patience {
            isRenewing = true
            renewals.continuation.yield()
        }
    }

    /// Begins another recording, and a loop that knows nothing yet; the cluster is about to be listed.
    private func beginAnew() {
        abandonVolumes()
        // What the old lists and watches have said belongs to the old loop.
        inbox.drop { $0.isOfCluster }
        unlisted = Set(Self.kinds)
        (renewalDue, isRenewing) = (nil, false)
        recorder?.close()
        do { recorder = try Recorder(options, configuration, inbox, log, metrics) } catch {
            recorder = nil
            metrics.set("recording", to: 0)
            metrics.add("recording_failures_total")
            log.error("nothing is recorded any more; scheduling goes on", ["because": "\(error)"])
        }
        driver = Self.driver(configuration, options, recorder, log)
    }

    /// The door to a new loop.
    static func driver(
        _ configuration: WrittenConfiguration, _ options: SchedulerOptions, _ recorder: Recorder?, _ log: Log
    ) -> LoopDriver {
        var session = SessionOptions()
        session.schedulerNames = options.schedulerNames
        let driver = LoopDriver(
            configuration: configuration.value, options: session, timing: options.timing, recorder: recorder)
        driver.onOverflow = { error in
            log.error("an object is passed over: its amounts do not add up", ["error": "\(error)"])
        }
        return driver
    }
}
