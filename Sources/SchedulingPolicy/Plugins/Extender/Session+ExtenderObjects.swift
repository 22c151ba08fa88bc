import Allocator
import ClusterModel
import Documents

/// What an extender is told of pods, nodes, gangs and queues.
///
/// Source: Volcano sends its own structures as they are, with their Go names; only the envelopes around them are fixed. Here
/// are the members that have a counterpart, amounts in Volcano's units.
extension Session {
    /// A pod.
    func extenderTask(_ task: Int) -> OutputValue {
        let state = tasks[task]
        let job = state.job.map { jobs[$0].key.description } ?? ""
        let request = sum(of: [task])
        return .object([
            ("UID", .string(state.key.description)), ("Job", .string(job)),
            ("Name", .string(state.key.name)), ("Namespace", .string(state.key.namespace)),
            ("TaskRole", .string(roleName(of: task))), ("Priority", .integer(Int64(state.priority))),
            ("NodeName", .string(state.node.map { nodes.entries[$0].name } ?? "")),
            ("Resreq", extenderAmounts { request[$0] }),
        ])
    }

    /// A node, by the allocator's index.
    func extenderNode(_ node: Int) -> OutputValue {
        let known = allocator.node(node)
        let allocatable = resources.row(known.allocatable)
        return .object([
            ("Name", .string(known.name)), ("Allocatable", extenderAmounts { allocatable[$0] }),
            ("Idle", extenderAmounts { allocator.idle(node, $0) }),
            ("FutureIdle", extenderAmounts { allocator.futureIdle(node, $0) }),
            (
                "Labels",
                .object(
                    known.labels.sorted { $0.key.precedes($1.key) }.map { ($0.key, .string($0.value)) })
            ),
        ])
    }

    /// A gang.
    func extenderJob(_ job: Int) -> OutputValue {
        .object([
            ("UID", .string(jobs[job].key.description)), ("Name", .string(jobs[job].key.name)),
            ("Namespace", .string(jobs[job].key.namespace)), ("Queue", .string(jobs[job].queueName)),
            ("Priority", .integer(Int64(jobs[job].priority))),
            ("MinAvailable", .integer(Int64(jobs[job].minMember))),
            ("Allocated", extenderAmounts { jobAllocated[job, $0] }),
            ("TotalRequest", extenderAmounts { jobRequest[job, $0] }),
        ])
    }

    /// A queue.
    func extenderQueue(_ queue: Int) -> OutputValue {
        .object([
            ("UID", .string(queues[queue].queue.name)), ("Name", .string(queues[queue].queue.name)),
            ("Weight", .integer(queues[queue].queue.weight)),
        ])
    }

    /// All that there is, as it is told when a cycle opens.
    func extenderOverview() -> OutputValue {
        let jobs = self.jobs.indices.filter { self.jobs[$0].origin != nil && self.jobs[$0].queue != nil }
            .sorted(by: isBefore)
        let nodes = allocator.nodesByName.map { (allocator.node($0).name, extenderNode($0)) }
        let namespaces = Set(jobs.map { self.jobs[$0].key.namespace }).sorted { $0.precedes($1) }
        return .object([
            ("Jobs", .object(jobs.map { (self.jobs[$0].key.description, extenderJob($0)) })),
            ("Nodes", .object(nodes)),
            ("Queues", .object(queueOrder.map { (queues[$0].queue.name, extenderQueue($0)) })),
            ("NamespaceInfo", .object(namespaces.map { ($0, .object([("Name", .string($0))])) })),
            ("RevocableNodes", .object([])),
            ("NodeList", .list(nodes.map(\.1))),
        ])
    }

    /// Amounts by column, those that are zero left out.
    private func extenderAmounts(_ amount: (Int) -> Int64) -> OutputValue {
        let scalars = resources.canonical.filter { $0 > ResourceTable.memory && amount($0) != 0 }
        return .object([
            ("MilliCPU", .integer(amount(ResourceTable.cpu))),
            ("Memory", .integer(amount(ResourceTable.memory))),
            (
                "ScalarResources",
                .object(
                    scalars.map { column in
                        let scale: Int64 = column == ResourceTable.pods ? 1 : 1_000
                        let (product, isOverflow) = amount(column).multipliedReportingOverflow(by: scale)
                        return (resources.names[column].text, .integer(isOverflow ? .max : product))
                    })
            ),
        ])
    }
}
