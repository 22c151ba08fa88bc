import ClusterModel
import SchedulingLoop

// Pods that were there at the start.
extension SimulatedCluster {
    /// Takes note of the snapshot's pods; the loop knows them already.
    func addResidents() {
        for pod in plan.cluster.pods where !pod.isTerminal {
            let slot = slots.count
            residents[slot] = pod
            slots.append(PodSlot(key: pod.key, job: -1, set: 0))
            slotIndex.insert(slot, pod.key.hashValue)
            guard let name = pod.nodeName, let node = nodes.position(of: name) else { continue }
            bind(slot, to: node)
            if pod.isTerminating {
                slots[slot].state = .leaving
                departures.append(PodEvent(slot: Int32(slot), generation: 0), at: plan.delays.eviction)
                continue
            }
            slots[slot].state = .running
            foreseeEndOfResident(slot)
        }
    }

    func foreseeEndOfResident(_ slot: Int) {
        guard let rest = plan.remainingRunTimes[slots[slot].key] else { return }
        residentEnds.insert(Int32(slot), slots[slot].generation, at: now + max(0, rest))
    }

    func endResident(_ slot: Int, _ generation: UInt32) throws(ResourceOverflow) {
        guard slots[slot].generation == generation, slots[slot].state == .running else { return }
        try tell(object(of: slot, ended: true))
        giveUpPlace(slot)
        slots[slot].state = .free
        slots[slot].generation &+= 1
        try tell(.change(.podRemoved(slots[slot].key)))
        slotIndex.remove(slot, slots[slot].key.hashValue)
    }

    /// The queue of a pod that was there at the start.
    func queueOfResident(_ pod: Pod) -> String {
        guard let name = pod.podGroup else {
            return pod.annotations["scheduling.volcano.sh/queue-name"] ?? "default"
        }
        return residentQueues[ObjectKey(namespace: pod.key.namespace, name: name)] ?? "default"
    }
}
