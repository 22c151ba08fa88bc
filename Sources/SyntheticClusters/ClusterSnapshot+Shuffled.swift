public import ClusterModel

extension ClusterSnapshot {
    /// The same objects in another order; decisions must not depend on it.
    public func shuffled(using random: inout SeededGenerator) -> ClusterSnapshot {
        var copy = self
        random.shuffle(&copy.nodes)
        random.shuffle(&copy.pods)
        random.shuffle(&copy.podGroups)
        random.shuffle(&copy.queues)
        random.shuffle(&copy.priorityClasses)
        random.shuffle(&copy.instanceTypes)
        random.shuffle(&copy.podDisruptionBudgets)
        random.shuffle(&copy.resourceQuotas)
        random.shuffle(&copy.hyperNodes)
        random.shuffle(&copy.numatopologies)
        random.shuffle(&copy.namespaces)
        random.shuffle(&copy.persistentVolumes)
        random.shuffle(&copy.persistentVolumeClaims)
        random.shuffle(&copy.storageClasses)
        random.shuffle(&copy.csiNodes)
        random.shuffle(&copy.csiDrivers)
        random.shuffle(&copy.csiStorageCapacities)
        random.shuffle(&copy.volumeAttachments)
        return copy
    }
}
