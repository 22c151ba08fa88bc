import ClusterAdapter
import Documents
import Recording
import SchedulingPolicy

/// Follows a configuration file, and puts it in force when it has changed and is good.
///
/// The content is compared, not the file: a ConfigMap's volume changes by a link that is swapped.
struct ConfigurationWatcher: Sendable {
    let path: String
    let scheduler: Scheduler
    let log: Log
    var interval = Duration.seconds(2)

    /// Follows until the task is cancelled.
    func run() async {
        var last = try? FileAccess.read(path)
        while !Task.isCancelled {
            try? await Task.sleep(for: interval)
            // A file that cannot be read for a moment is being written.
            guard !Task.isCancelled, let bytes = try? FileAccess.read(path), bytes != last else { continue }
            last = bytes
            let (configuration, problems) = SchedulerConfiguration.read(
                bytes, file: ConfigurationInput.name(path))
            for problem in problems { log.warning("the configuration", ["problem": "\(problem)"]) }
            if let configuration {
                scheduler.configure(
                    WrittenConfiguration(configuration, text: String(decoding: bytes, as: UTF8.self)))
            } else {
                scheduler.keepConfiguration(because: problems.first.map { "\($0)" } ?? "")
            }
        }
    }
}
