import SchedulingPolicy

extension CycleResult.Pipelined {
    /// Where the pod holds a place and how long.
    var sentence: String {
        let until =
            switch waitsFor {
            case .releasing: "what occupies it has gone"
            case .gang: "its gang is ready"
            case .eviction: "its victims have gone"
            }
        return "holds a place on \(node) until \(until)"
    }
}
