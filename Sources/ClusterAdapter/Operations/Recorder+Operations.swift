import Recording
import SchedulingPolicy

extension Recorder {
    /// The recorder of a scheduler, whose log and metrics say how it goes; nil if nothing is to be recorded.
    convenience init?(
        _ options: SchedulerOptions, _ configuration: WrittenConfiguration, _ inbox: Inbox, _ log: Log,
        _ metrics: Metrics
    ) throws(FileFailure) {
        guard let recording = options.recording else { return nil }
        let header = RecordingHeader(
            program: options.program, began: WallClock.now.loopTime, schedulerNames: options.schedulerNames,
            timing: options.timing, configuration: configuration.text,
            shadowPatience: options.shadowPatience.map(\.wholeMilliseconds))
        try self.init(recording, header: header) { report in
            switch report {
            case .wrote(let length):
                metrics.set("recording", to: 1)
                metrics.set("recording_bytes", to: Double(length))
            case .reachedLimit: inbox.put(.recordingFull)
            case .stopped(let reason):
                metrics.set("recording", to: 0)
                metrics.add("recording_failures_total")
                log.error(
                    "nothing is recorded any more; scheduling goes on",
                    ["file": recording.path, "because": reason])
            }
        }
        log.info("recording", ["file": recording.path])
    }
}

extension Duration {
    /// Milliseconds, rounded down.
    var wholeMilliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}
