import Synchronization

/// One exchange under way: what libcurl's thread has received, and what a task waits for.
///
/// The thread writes, the task reads; both under the lock. Only the thread ends a transfer.
final class Transfer: Sendable {
    enum Delivery {
        /// The task is woken once, at the end.
        case whole
        /// The task is woken for the head and for lines; the server waits while too many lie here.
        case lines
    }

    /// What a task can wait for.
    enum Milestone {
        case head, line, end
    }

    /// How the exchange came out.
    typealias End = Result<Void, TransportError>

    private struct State {
        var head: ResponseHead?
        var isHeadComplete = false
        var body: [UInt8] = []
        var hasLine = false
        var isPaused = false
        var isTooLarge = false
        var end: End?
        var waiter: (milestone: Milestone, continuation: CheckedContinuation<Void, Never>)?

        func has(_ milestone: Milestone) -> Bool {
            if end != nil { return true }
            return switch milestone {
            case .head: isHeadComplete
            case .line: hasLine
            case .end: false
            }
        }

        /// Takes out who waits, if there is no reason to wait any longer.
        mutating func takeWaiter() -> CheckedContinuation<Void, Never>? {
            guard let waiter, has(waiter.milestone) else { return nil }
            self.waiter = nil
            return waiter.continuation
        }
    }

    let request: HTTPRequest
    let delivery: Delivery
    private let bodyLimit: Int
    private let bufferLimit: Int
    private let state = Mutex(State())

    init(_ request: HTTPRequest, delivery: Delivery, settings: TransportSettings) {
        self.request = request
        self.delivery = delivery
        bodyLimit = delivery == .whole ? settings.maximumBodyBytes : settings.maximumLineBytes
        bufferLimit = settings.streamBufferBytes
    }
}

// What a task does.
extension Transfer {
    /// Waits until a milestone is reached or the transfer has ended. One task at a time.
    func wait(for milestone: Milestone) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.has(milestone) { return true }
                precondition(state.waiter == nil, "two tasks read one stream")
                state.waiter = (milestone, continuation)
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    /// Status and headers, once they have come.
    func head() throws(TransportError) -> ResponseHead {
        try state.withLock { state throws(TransportError) in
            if state.isHeadComplete, let head = state.head { return head }
            if case .failure(let error)? = state.end { throw error }
            throw TransportError(kind: .cut, detail: "the server closed the connection without an answer")
        }
    }

    /// The body of a transfer that has ended.
    func takeBody() throws(TransportError) -> [UInt8] {
        try state.withLock { state throws(TransportError) in
            if case .failure(let error)? = state.end { throw error }
            let body = state.body
            state.body = []
            return body
        }
    }

    /// What has come of whole lines, and whether libcurl has to be told to go on; nil after the last line.
    ///
    /// Bytes are moved out, not copied, but for the line that is not complete.
    func takeLines() throws(TransportError) -> (lines: [UInt8], wasPaused: Bool)? {
        try state.withLock { state throws(TransportError) in
            guard state.hasLine, let last = state.body.lastIndex(of: UInt8(ascii: "\n")) else {
                if case .failure(let error)? = state.end { throw error }
                return nil
            }
            var lines: [UInt8] = []
            swap(&lines, &state.body)
            if last + 1 < lines.count {
                state.body.append(contentsOf: lines[(last + 1)...])
                lines.removeSubrange((last + 1)...)
            }
            state.hasLine = false
            defer { state.isPaused = false }
            return (lines, state.isPaused)
        }
    }
}

// What libcurl's thread does.
extension Transfer {
    /// What the thread answers when it is handed bytes.
    enum Reception {
        case taken, pause, abort
    }

    /// Takes one header line in, its line end included.
    func receiveHeader(_ line: UnsafeRawBufferPointer) {
        let text = String(decoding: line.prefix { $0 != 0x0D && $0 != 0x0A }, as: UTF8.self)
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            // What comes behind the body are trailers.
            guard !state.isHeadComplete else { return nil }
            if text.hasPrefix("HTTP/") {
                // An interim answer (100, 103) is followed by another one.
                state.head = ResponseHead(statusLine: text)
            } else if text.isEmpty {
                state.isHeadComplete = (state.head?.status ?? 0) >= 200
            } else if let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) {
                let value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
                state.head?.headers.append((text[..<colon].lowercased(), String(value)))
            }
            return state.takeWaiter()
        }
        waiter?.resume()
    }

    /// Takes a piece of the body in: its only copy until a reader has it.
    func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Reception {
        let (reception, waiter) = state.withLock {
            state -> (Reception, CheckedContinuation<Void, Never>?) in
            // What a reader can take away does not count against the limit; it makes the server wait instead.
            let canBeRead = state.hasLine && state.head?.isSuccess == true
            if canBeRead, state.body.count >= bufferLimit {
                state.isPaused = true
                return (.pause, nil)
            }
            if !canBeRead, state.body.count + bytes.count > bodyLimit {
                state.isTooLarge = true
                return (.abort, nil)
            }
            state.body.append(contentsOf: bytes)
            if delivery == .lines, !state.hasLine { state.hasLine = bytes.contains(UInt8(ascii: "\n")) }
            return (.taken, state.takeWaiter())
        }
        waiter?.resume()
        return reception
    }

    /// Ends the transfer, once.
    func finish(_ end: End) {
        let waiter = state.withLock { state in
            if state.isTooLarge {
                let what = delivery == .whole ? "an answer" : "a line"
                let detail = "found \(what) of more than \(bodyLimit) bytes, expected less"
                state.end = .failure(TransportError(kind: .tooLarge, detail: detail))
            } else {
                state.end = end
            }
            return state.takeWaiter()
        }
        waiter?.resume()
    }
}

extension ResponseHead {
    /// Reads `HTTP/1.1 200 OK` and `HTTP/2 200`; status 0 for anything else.
    fileprivate init(statusLine: String) {
        let words = statusLine.split(separator: " ", maxSplits: 2)
        let status = words.count > 1 ? Int(words[1]) ?? 0 : 0
        self.init(status: status, version: statusLine.hasPrefix("HTTP/2") ? .http2 : .http1)
    }
}
