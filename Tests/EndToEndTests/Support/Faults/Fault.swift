import Foundation
import Synchronization

/// What happens to a request on its way to the API server.
enum Fault: Sendable {
    /// The API server never hears of it, and this is the answer; it may say for how many seconds to be patient.
    case refuse(Int, String, retryAfter: Int? = nil)
    /// It takes so long until it goes on.
    case delay(milliseconds: Int)
    /// The connection breaks, and the API server never hears of it.
    case cut
    /// The API server does it; the connection breaks before the answer comes.
    case loseAnswer
    /// It waits before the API server hears of it.
    case hold(Hold)
    /// The API server does it; the answer waits.
    case holdAnswer(Hold)
    /// The answer comes with its middle changed.
    case garble
    /// So many lines of a watch come through, then these bytes if there are any, then the connection breaks.
    case cutWatch(afterLines: Int, last: String? = nil)
    /// Lines of a watch that contain this never come.
    case omit(String)

    /// What a server says in a watch whose version it no longer has.
    static let expired =
        #"{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","#
        + #""message":"too old resource version","reason":"Expired","code":410}}"# + "\n"
}

/// A place where requests wait until a test lets them go on, or lets them be lost.
final class Hold: Sendable {
    private struct State {
        var waiting = 0
        var seen: [String] = []
        var isDropped: Bool?
    }

    private let state = Mutex(State())
    private let ends = NSCondition()

    /// How many requests wait.
    var waiting: Int { state.withLock { $0.waiting } }

    /// The request lines that have come here.
    var seen: [String] { state.withLock { $0.seen } }

    /// Lets those that wait, and all that come, go on.
    func release() { end(isDropped: false) }

    /// Loses those that wait, and all that come.
    func drop() { end(isDropped: true) }

    private func end(isDropped: Bool) {
        ends.lock()
        state.withLock { $0.isDropped = $0.isDropped ?? isDropped }
        ends.broadcast()
        ends.unlock()
    }

    /// Waits, on the caller's thread. - Returns: Whether the request goes on.
    func wait(_ request: String) -> Bool {
        ends.lock()
        defer { ends.unlock() }
        state.withLock { state in
            state.waiting += 1
            state.seen.append(request)
        }
        defer { state.withLock { $0.waiting -= 1 } }
        while true {
            if let isDropped = state.withLock({ $0.isDropped }) { return !isDropped }
            ends.wait()
        }
    }
}

/// Which requests a fault happens to.
struct FaultRule: Sendable {
    /// What `GET /api/v1/pods?watch=true` and the like must all contain.
    var parts: [String]
    /// How many of these requests are left alone first.
    var skip = 0
    /// How many it happens to; nil for all that come.
    var times: Int?
    /// How likely it is.
    var probability = 1.0
    var fault: Fault
}
