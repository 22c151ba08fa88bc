public import ClusterModel

/// Runs a plan: the scheduler's own loop in virtual time.
public struct SimulationEngine {
    /// Runs a plan to its end.
    ///
    /// - Throws: `ResourceOverflow` when amounts do not add up within 63 bits.
    public static func run(_ plan: SimulationPlan) throws(ResourceOverflow) -> SimulationOutcome {
        SimulationOutcome()
    }
}
