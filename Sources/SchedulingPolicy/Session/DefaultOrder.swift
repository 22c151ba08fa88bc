import ClusterModel

extension JobState {
    /// The order of gangs that no plugin tells apart: by creation (none is oldest), then namespace, then name.
    static func isOlder(_ left: PodGroup, _ right: PodGroup) -> Bool {
        let (leftTime, rightTime) = (left.created, right.created)
        if leftTime != rightTime {
            guard let leftTime else { return true }
            guard let rightTime else { return false }
            return leftTime < rightTime
        }
        return left.key < right.key
    }
}

/// The order of a gang's pods that no plugin tells apart.
///
/// Source: Volcano's default task order: the index at the end of `job-task-index` names, then creation, then name. The
/// index counts only if every pod has one; otherwise the order would not be one.
struct TaskOrder {
    /// Positions in the list that was given, first to be tried first.
    let positions: [Int]

    init(pods: [Pod]) {
        let indices = pods.map { Self.index(in: $0.key.name) }
        let useIndices = !indices.contains(nil)
        positions = pods.indices.sorted { left, right in
            if useIndices, let leftIndex = indices[left], let rightIndex = indices[right],
                leftIndex != rightIndex
            {
                return leftIndex < rightIndex
            }
            let (first, second) = (pods[left], pods[right])
            if first.created != second.created {
                guard let firstTime = first.created else { return true }
                guard let secondTime = second.created else { return false }
                return firstTime < secondTime
            }
            return first.key < second.key
        }
    }

    /// The number after the last dash, in names of three or more parts.
    private static func index(in name: String) -> Int? {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count >= 3 ? parts.last.flatMap { Int($0) } : nil
    }
}
