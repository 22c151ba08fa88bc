import ClusterModel
import SchedulingPolicy

// What gangs ask for that the configuration in force cannot give.
extension Scheduler {
    /// Says, once for each, that a field of a gang has no effect under the compatibility that is in force.
    func remark(on group: PodGroup) {
        if group.networkTopology?.nodeLabel != nil, compatibility == .volcano15 {
            remark("schedulingConstraints.topology", of: group)
        }
        if group.leavesWhole, compatibility != .gangwright { remark("disruptionMode", of: group) }
    }

    private func remark(_ field: String, of group: PodGroup) {
        guard remarked.insert("\(field) \(compatibility.rawValue)").inserted else { return }
        log.warning(
            "a field of a gang has no effect under this compatibility; others like it are not told of",
            ["gang": "\(group.key)", "field": field, "compatibility": compatibility.rawValue])
    }
}
