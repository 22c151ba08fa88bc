internal import Dispatch
internal import Documents
internal import Glibc
internal import SchedulingLoop
internal import SchedulingPolicy
internal import Synchronization

/// Writes what a loop is told, and what it decides, into a file: the flight recorder.
///
/// Whoever decides only puts things into a queue; a thread of the recorder's own puts them into words, compresses and
/// writes them, so that a slow disk holds up nobody. What is in the file is there for good at the latest a second later,
/// whatever becomes of the process. When the file cannot be written, or the queue holds more than it may, recording
/// stops and is said to have stopped: what is in the file until then can be replayed.
public final class Recorder: Sendable {
    /// Where to, and how much.
    public struct Options: Sendable {
        /// The file. One that is there is moved to the same name with `.1` at its end, in whose place that was.
        public var path: String
        /// The length at which another recording should begin, in bytes; nil for none.
        public var limit: Int64?
        /// The most that may wait to be written, in bytes of memory.
        public var queueLimit = 256 << 20
        /// How often what has come is written.
        public var interval = 0.5

        /// A file without a limit.
        public init(path: String, limit: Int64? = nil) {
            self.path = path
            self.limit = limit
        }
    }

    /// What there is to say of a recording while it goes on.
    public enum Report: Sendable, Equatable {
        /// The file now has so many bytes.
        case wrote(Int64)
        /// The file has reached its limit, and goes on until it is ended.
        case reachedLimit
        /// Nothing is recorded any more; the text says why.
        case stopped(String)
    }

    private struct Queue {
        var items: [(item: RecorderItem, time: LoopTime)] = []
        var size = 0
        /// Whether nothing more is taken.
        var isClosed = false
    }

    private let options: Options
    private let report: @Sendable (Report) -> Void
    private let queue = Mutex(Queue())
    private let wakeUp = DispatchSemaphore(value: 0)
    private let done = DispatchSemaphore(value: 0)
    /// Writes do not wait for more than this: large pieces compress as well as larger ones.
    private static let wakingSize = 8 << 20
    /// How long the end waits for the disk.
    private static let patience = 5.0

    /// Begins a recording.
    ///
    /// - Parameter report: Hears how it goes, on the recorder's thread.
    /// - Throws: why the file cannot be written.
    public init(
        _ options: Options, header: RecordingHeader, report: @escaping @Sendable (Report) -> Void
    ) throws(FileFailure) {
        self.options = options
        self.report = report
        try Self.makeRoom(for: options.path)
        let file = try GzipWriter(creating: options.path)
        try file.write(Array("\(header.document.json(pretty: false))\n".utf8))
        let length = try file.flush()
        report(.wrote(length))
        let thread = RecorderThread(writer: Writer(file: file, recorder: self))
        thread.start()
    }

    /// The earlier file is kept, one generation long.
    private static func makeRoom(for path: String) throws(FileFailure) {
        // A device or a pipe is not moved out of the way.
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            throw FileFailure(path, "found something else, expected a file or nothing")
        }
        if rename(path, path + ".1") != 0, errno != ENOENT { throw FileFailure(errno: path) }
    }

    /// Takes note of something, unless recording has stopped.
    func put(_ item: RecorderItem, at time: LoopTime) {
        let size = item.size
        let (isFull, isMuch) = queue.withLock { queue in
            if queue.isClosed { return (false, false) }
            if queue.size + size > options.queueLimit {
                // What waits still comes into the file: it is whole up to here.
                queue.isClosed = true
                return (true, true)
            }
            queue.items.append((item, time))
            queue.size += size
            return (false, queue.size > Self.wakingSize && queue.size - size <= Self.wakingSize)
        }
        if isFull { report(.stopped("the disk is too slow: \(options.queueLimit) bytes wait to be written")) }
        if isMuch { wakeUp.signal() }
    }

    /// Ends the recording without waiting for what is yet to be written.
    public func close() {
        queue.withLock { $0.isClosed = true }
        wakeUp.signal()
    }

    /// Ends the recording: what waits is written, if the disk does not take too long.
    public func finish() {
        close()
        _ = done.wait(timeout: .now() + Self.patience)
        done.signal()
    }

    // MARK: The thread

    /// What the thread has.
    fileprivate struct Writer: ~Copyable {
        let file: GzipWriter
        let recorder: Recorder
        private var entries = EntryWriter()
        private var length: Int64 = 0
        private var hasFailed = false
        private var hasReachedLimit = false

        mutating func run() {
            while write() {}
            if !hasFailed { try? file.finish() }
            recorder.done.signal()
        }

        /// Waits for something to write and writes it; false at the end.
        private mutating func write() -> Bool {
            _ = recorder.wakeUp.wait(timeout: .now() + recorder.options.interval)
            // What is being written still takes memory.
            let (items, isClosed) = recorder.queue.withLock { queue in
                (exchange(&queue.items, with: []), queue.isClosed)
            }
            var size = 0
            var bytes: [UInt8] = []
            do throws(FileFailure) {
                for (item, time) in items {
                    entries.write(item, at: time, to: &bytes)
                    size += item.size
                    if bytes.count > 1 << 20 {
                        try file.write(bytes)
                        bytes.removeAll(keepingCapacity: true)
                    }
                }
                if !items.isEmpty { try flush(bytes) }
            } catch {
                hasFailed = true
                stop(because: error.description)
                return false
            }
            recorder.queue.withLock { $0.size -= size }
            return !isClosed
        }

        init(file: consuming GzipWriter, recorder: Recorder) {
            self.file = file
            self.recorder = recorder
        }

        private mutating func flush(_ bytes: [UInt8]) throws(FileFailure) {
            try file.write(bytes)
            length = try file.flush()
            recorder.report(.wrote(length))
            if let limit = recorder.options.limit, length >= limit, !hasReachedLimit {
                hasReachedLimit = true
                recorder.report(.reachedLimit)
            }
        }

        private func stop(because reason: String) {
            let wasClosed = recorder.queue.withLock { queue in
                defer {
                    queue.isClosed = true
                    queue.items = []
                }
                return queue.isClosed
            }
            if !wasClosed { recorder.report(.stopped(reason)) }
        }
    }
}

/// The thread of a recorder.
private final class RecorderThread {
    private var writer: Recorder.Writer

    init(writer: consuming Recorder.Writer) { self.writer = writer }

    /// Runs until the recorder is finished.
    func start() {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let refusal = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<RecorderThread>.fromOpaque(context).takeRetainedValue().writer.run()
                return nil
            }, context.toOpaque())
        precondition(refusal == 0, "no thread for the recorder: \(String(cString: strerror(refusal)))")
        pthread_detach(thread)
    }
}
