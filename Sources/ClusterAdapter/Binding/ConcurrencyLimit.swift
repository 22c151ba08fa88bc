import Synchronization

/// Lets so many tasks work at a time, in the order in which they come.
final class ConcurrencyLimit: Sendable {
    private struct State {
        var free: Int
        var waiters: [CheckedContinuation<Void, Never>] = []
        /// The first waiter that has not had its turn.
        var next = 0
    }

    private let state: Mutex<State>
    private let limit: Int

    init(_ limit: Int) {
        self.limit = limit
        state = Mutex(State(free: limit))
    }

    /// Whether anybody works.
    var isBusy: Bool { state.withLock { $0.free < limit } }

    func withTurn<Result>(_ work: () async -> Result) async -> Result {
        await enter()
        defer { leave() }
        return await work()
    }

    private func enter() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                state.waiters.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.next < state.waiters.count else {
                state.free += 1
                return nil
            }
            let waiter = state.waiters[state.next]
            state.next += 1
            if state.next == state.waiters.count {
                state.waiters.removeAll(keepingCapacity: true)
                state.next = 0
            }
            return waiter
        }
        next?.resume()
    }
}
