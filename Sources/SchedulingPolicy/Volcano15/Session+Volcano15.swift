/// Volcano 1.5, which Azure ML's extension runs: the actions whose loops are others than the main branch's.
extension Session {
    /// Runs an action as 1.5 does; says false for one that has not changed since.
    func runAsVolcano15(_ action: ActionName) -> Bool {
        switch action {
        case .allocate: allocate15()
        case .backfill: backfill15()
        case .preempt: preempt15()
        case .reclaim: reclaim15()
        default: return false
        }
        return true
    }
}
