import ClusterModel

/// A transaction (5.1): what it does is seen at once, and done or undone at the end.
final class OracleStatement {
    private enum Operation {
        case evict(OracleTask, node: String, reason: String, preemptor: String)
        case pipeline(OracleTask)
        case allocate(OracleTask, node: String)
    }

    private let session: Oracle
    private var operations: [Operation] = []

    init(_ session: Oracle) { self.session = session }

    /// The number of operations, to return to.
    var count: Int { operations.count }

    func evict(_ task: OracleTask, reason: String, preemptor: OracleTask) {
        operations.append(
            .evict(
                task, node: task.node ?? "", reason: reason,
                preemptor: session.job(of: preemptor)?.group.key.description ?? ""))
        task.status = .releasing
        task.isEvicted = true
    }

    func pipeline(_ task: OracleTask, on node: OracleNode) {
        operations.append(.pipeline(task))
        task.status = .pipelined
        task.node = node.name
    }

    func allocate(_ task: OracleTask, on node: OracleNode) {
        operations.append(.allocate(task, node: node.name))
        task.status = .allocated
        task.node = node.name
    }

    func commit() {
        for operation in operations {
            switch operation {
            case .evict(let task, let node, let reason, let preemptor):
                session.evictions.append(
                    .init(pod: task.pod.key.description, node: node, reason: reason, preemptor: preemptor))
            case .pipeline: break
            case .allocate(let task, let node):
                task.status = .binding
                session.binds.append(.init(pod: task.pod.key.description, node: node))
            }
        }
        operations = []
    }

    /// Undoes what came after the first operations, last first. An evicted task runs then, even if it was only bound.
    func discard(downTo count: Int = 0) {
        while operations.count > count {
            switch operations.removeLast() {
            case .evict(let task, _, _, _):
                task.status = .running
                task.isEvicted = false
            case .pipeline(let task), .allocate(let task, _):
                task.status = .pending
                task.node = nil
            }
        }
    }
}
