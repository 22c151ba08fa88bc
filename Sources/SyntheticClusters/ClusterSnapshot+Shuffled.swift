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
        return copy
    }
}
