import Allocator
public import ClusterModel
import SchedulingLoop
import SchedulingPolicy

// What is in use after the cycles, and what is left.
extension WhatIfRun {
    /// What some nodes offer and what of it is taken.
    public struct Use: Equatable, Sendable {
        /// What they are: a pool's name, empty for nodes that are of none.
        public var name: String
        /// How many there are.
        public var nodes = 0
        /// How many of them take pods: ready, and not cordoned.
        public var usableNodes = 0
        /// What those offer that take pods.
        public var allocatable = ResourceList()
        /// What pods hold, on any of the nodes.
        public var allocated = ResourceList()
        /// What is left where pods can go.
        public var free = ResourceList()

        /// Of nothing.
        public init(name: String) { self.name = name }
    }

    /// What is in use, by pool of nodes, in the order of their names.
    public var pools: [Use] {
        var uses: [String: Use] = [:]
        let cluster = loop.cluster
        for index in cluster.nodesByName {
            let node = cluster.node(index)
            let name = NodePoolName(node.labels)?.name ?? ""
            var use = uses[name] ?? Use(name: name)
            let isUsable = node.isReady && !node.isUnschedulable
            use.nodes += 1
            use.usableNodes += isUsable ? 1 : 0
            for column in cluster.resources.canonical {
                let resource = cluster.resources.names[column]
                let (whole, idle) = (cluster.allocatable[column][index], cluster.idle[column][index])
                // The session has found that these add up.
                use.allocated[resource] = (use.allocated[resource] ?? 0) + whole - idle
                guard isUsable else { continue }
                use.allocatable[resource] = (use.allocatable[resource] ?? 0) + whole
                use.free[resource] = (use.free[resource] ?? 0) + max(0, idle)
            }
            uses[name] = use
        }
        return uses.keys.sorted { $0.precedes($1) }.compactMap { uses[$0] }
    }

    /// How many more pods of each instance type fit, by the type's name.
    public var headroom: [(type: String, pods: Int64)] {
        snapshot.instanceTypes.sorted { $0.name.precedes($1.name) }.map { type in
            let pod = type.pod(key: ObjectKey(namespace: "", name: type.name))
            return (type.name, loop.headroom(for: pod).pods)
        }
    }
}
