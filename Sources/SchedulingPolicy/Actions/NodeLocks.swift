public import ClusterModel

/// The gang that nodes are locked for, and the nodes.
///
/// Source: Volcano 1.5. Nothing looks at the locks when pods are placed, there as little as here.
public struct NodeLocks: Equatable, Sendable {
    /// The gang; `nil` while there is none.
    public var target: ObjectKey?
    /// The names of the nodes, in the order in which they were locked.
    public var nodes: [String] = []

    /// No gang and no node.
    public init() {}
}

extension Session {
    /// Chooses the gang that nodes are locked for, unless there is one.
    ///
    /// Source: `elect` of Volcano 1.5: among the gangs that wait for admission and could come together.
    func elect() {
        if nodeLocks.target != nil { return }
        let candidates = cycleJobs.filter {
            jobs[$0].phase == .pending && !jobs[$0].isHopeless && points.invalidity(of: $0, in: self) == nil
        }
        nodeLocks.target = points.targetJob(among: candidates, in: self).map { jobs[$0].key }
    }

    /// Locks a node more for the chosen gang; once the gang is ready or gone, all are free again.
    ///
    /// Source: `reserve` of Volcano 1.5.
    func reserve() {
        guard let target = nodeLocks.target else { return }
        guard let job = jobIDs[target], jobs[job].origin != nil, !points.isReady(job, in: self) else {
            nodeLocks = NodeLocks()
            return
        }
        nodeLocks.nodes.removeAll { name in
            nodes.find(name).flatMap { nodes.entries[$0].index } == nil
        }
        if let node = points.reservedNode(in: self) {
            nodeLocks.nodes.append(allocator.node(node).name)
        }
    }
}
