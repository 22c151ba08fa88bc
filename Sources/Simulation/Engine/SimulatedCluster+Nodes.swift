import ClusterModel
import SchedulingLoop

// Nodes come, fail, are emptied and return.
extension SimulatedCluster {
    func take(_ event: ClusterEvent) throws(ResourceOverflow) {
        switch event {
        case .nodesFail(let names):
            try change(names, losesPods: true) { $0.hasFailed = true }
        case .nodesDrain(let names):
            try change(names, losesPods: true) { $0.isClosed = true }
        case .nodesCordon(let names):
            try change(names, losesPods: false) { $0.isClosed = true }
        case .nodesReturn(let names):
            try change(names, losesPods: false) {
                $0.hasFailed = false
                $0.isClosed = false
            }
        case .nodesAdded(let added):
            for node in added {
                let position = nodes.set(node)
                try tell(.change(.node(nodes.entries[position].shown)))
            }
            fragments.forgetNodes()
        case .nodesRemoved(let names):
            try change(names, losesPods: true) { $0.exists = false }
        case .queue(let queue): try tell(.change(.queue(queue)))
        case .queueRemoved(let name): try tell(.change(.queueRemoved(name)))
        case .jobCancelled(let key): try cancel(key)
        }
        countCapacity()
    }

    private func change(
        _ names: [String], losesPods: Bool, _ change: (inout NodeLedger.Entry) -> Void
    ) throws(ResourceOverflow) {
        let positions = names.compactMap { nodes.position(of: $0) }.filter { nodes.entries[$0].exists }
        for position in positions {
            nodes.change(position, change)
            if nodes.entries[position].exists { try tell(.change(.node(nodes.entries[position].shown))) }
        }
        if losesPods {
            // All nodes are down before the first pod goes: a gang on several of them fails once.
            for position in positions {
                let isDown = nodes.entries[position].hasFailed || !nodes.entries[position].exists
                for pod in nodes.entries[position].pods.sorted() {
                    try evacuate(Int(pod), atOnce: isDown)
                }
            }
        }
        for position in positions where !nodes.entries[position].exists {
            try tell(.change(.nodeRemoved(nodes.entries[position].node.name)))
        }
    }

    private func evacuate(_ slot: Int, atOnce: Bool) throws(ResourceOverflow) {
        if slots[slot].state == .leaving {
            // It has no time left where the node is gone.
            if atOnce { try depart(PodEvent(slot: Int32(slot), generation: slots[slot].generation)) }
            return
        }
        if !slots[slot].isActive { return }
        if slots[slot].job >= 0 {
            try lose(slot, byScheduler: false, atOnce: atOnce)
        } else {
            try leave(slot, atOnce: atOnce)
        }
        if atOnce, slots[slot].state == .leaving {
            try depart(PodEvent(slot: Int32(slot), generation: slots[slot].generation))
        }
    }

    /// Adds up what nodes that are up can carry. - Complexity: O(nodes).
    func countCapacity() {
        keeper.gauges.gpuCapacity = 0
        keeper.gauges.milliCPUCapacity = 0
        for model in keeper.gauges.modelCapacity.indices { keeper.gauges.modelCapacity[model] = 0 }
        pricePerHour = 0
        for node in nodes.entries where node.exists {
            pricePerHour += node.price
            if !node.isUp { continue }
            keeper.gauges.gpuCapacity += node.milliGPU
            keeper.gauges.milliCPUCapacity += node.milliCPU
            if node.milliGPU > 0 { keeper.gauges.modelCapacity[node.model] += node.milliGPU }
        }
    }
}
