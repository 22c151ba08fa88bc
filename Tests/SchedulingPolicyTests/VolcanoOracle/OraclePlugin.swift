import ClusterModel

/// A vote (vocabulary of the reference).
enum OracleVote { case permit, abstain, reject }

/// The callbacks of a plugin; `nil` where it has registered none.
class OraclePlugin {
    let setting: OraclePluginSetting
    unowned let session: Oracle

    required init(_ setting: OraclePluginSetting, _ session: Oracle) {
        self.setting = setting
        self.session = session
    }

    func open() {}
    func jobOrder(_ left: OracleJob, _ right: OracleJob) -> Int? { nil }
    func queueOrder(_ left: Queue, _ right: Queue) -> Int? { nil }
    func victimQueueOrder(_ left: Queue, _ right: Queue, _ preemptor: Queue) -> Int? { nil }
    func taskOrder(_ left: OracleTask, _ right: OracleTask) -> Int? { nil }
    func jobValid(_ job: OracleJob) -> Bool? { nil }
    func jobReady(_ job: OracleJob) -> Bool? { nil }
    /// Of the one part that a gang without sub-groups is.
    func subJobReady(_ job: OracleJob) -> Bool? { nil }
    func subJobPipelined(_ job: OracleJob) -> OracleVote? { nil }
    func jobPipelined(_ job: OracleJob) -> OracleVote? { nil }
    func jobStarving(_ job: OracleJob) -> Bool? { nil }
    func jobEnqueueable(_ job: OracleJob) -> OracleVote? { nil }
    func jobEnqueued(_ job: OracleJob) {}
    func overused(_ queue: Queue) -> Bool? { nil }
    func allocatable(_ queue: Queue, _ task: OracleTask) -> Bool? { nil }
    func preemptive(_ queue: Queue, _ task: OracleTask) -> Bool? { nil }
    func preemptable(_ preemptor: OracleTask, _ candidates: [OracleTask]) -> [OracleTask]? { nil }
    func reclaimable(_ reclaimer: OracleTask, _ candidates: [OracleTask]) -> [OracleTask]? { nil }
    func predicate(_ task: OracleTask, _ node: OracleNode) -> OracleFit? { nil }
    func scores(_ task: OracleTask, _ nodes: [OracleNode]) -> [Double]? { nil }
    /// Whether it writes conditions at close (6.1, `OnSessionClose`).
    func isUnschedulable(_ job: OracleJob) -> Bool { false }
    func deserved(_ queue: String) -> OracleAmounts? { nil }

    static let kinds: [String: OraclePlugin.Type] = [
        "priority": OraclePriority.self, "gang": OracleGang.self, "conformance": OracleConformance.self,
        "drf": OracleDRF.self, "proportion": OracleProportion.self, "capacity": OracleCapacity.self,
        "predicates": OraclePredicates.self, "nodeorder": OracleNodeOrder.self, "binpack": OracleBinpack.self,
        "overcommit": OracleOvercommit.self, "task-topology": OraclePlugin.self,
    ]
}

/// What a filter says of a node.
enum OracleFit { case fits, unschedulable, unresolvable }

/// -1, 0 or 1: the smaller first.
func oracleCompare<Value: Comparable>(_ left: Value, _ right: Value) -> Int {
    left < right ? -1 : right < left ? 1 : 0
}
