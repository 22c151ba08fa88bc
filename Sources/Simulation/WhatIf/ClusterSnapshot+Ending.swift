public import ClusterModel

extension ClusterSnapshot {
    /// Takes jobs away as if they had ended: their gangs, and all of their pods wherever they are.
    ///
    /// - Parameter jobs: gangs, and pods that are their own.
    public mutating func end(_ jobs: [ObjectKey]) {
        let gangs = Set(jobs).intersection(podGroups.map(\.key))
        let single = Set(jobs).subtracting(gangs)
        pods.removeAll { pod in
            guard let gang = pod.podGroup else { return single.contains(pod.key) }
            return gangs.contains(ObjectKey(namespace: pod.key.namespace, name: gang))
        }
        podGroups.removeAll { gangs.contains($0.key) }
    }
}
