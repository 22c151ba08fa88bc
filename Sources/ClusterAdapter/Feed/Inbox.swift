import Synchronization

/// What the parts of the adapter say to the one task that decides, in the order in which they say it.
///
/// Any task may put something in; one takes it out.
final class Inbox: Sendable {
    private struct State {
        var messages: [Message] = []
        var isWoken = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Adds a message.
    func put(_ message: Message) {
        let waiter = state.withLock { state in
            state.messages.append(message)
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// Takes all that has been put in.
    func take() -> [Message] {
        state.withLock { state in
            state.isWoken = false
            return exchange(&state.messages, with: [])
        }
    }

    /// Leaves out messages that are not to be taken any more.
    func drop(where isMoot: (Message) -> Bool) { state.withLock { $0.messages.removeAll(where: isMoot) } }

    /// Waits until there is something to take, or somebody wakes the task.
    ///
    /// - Parameter duration: The longest wait; nil for as long as it takes.
    func wait(atMost duration: Duration?) async {
        let timer = duration.map { duration in
            Task {
                try await Task.sleep(for: duration)
                wake()
            }
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    if state.isWoken || !state.messages.isEmpty || Task.isCancelled { return true }
                    state.waiter = continuation
                    return false
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            wake()
        }
        timer?.cancel()
    }

    /// Ends a wait, or the next one.
    func wake() {
        let waiter = state.withLock { state in
            state.isWoken = true
            return state.waiter.take()
        }
        waiter?.resume()
    }
}
