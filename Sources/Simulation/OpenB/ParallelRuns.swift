import Dispatch
import Synchronization

/// Runs that do not depend on each other, on several threads; their results are in order.
enum ParallelRuns {
    /// The results of runs 0 to below `count`.
    static func results<Result: Sendable>(
        of count: Int, threads: Int, _ run: @Sendable (Int) -> Result
    ) -> [Result] {
        let next = Atomic(0)
        let results = Mutex<[Result?]>(Array(repeating: nil, count: count))
        DispatchQueue.concurrentPerform(iterations: max(1, threads)) { _ in
            while true {
                let position = next.wrappingAdd(1, ordering: .relaxed).oldValue
                if position >= count { return }
                let result = run(position)
                results.withLock { $0[position] = result }
            }
        }
        return results.withLock { $0.compactMap { $0 } }
    }
}
