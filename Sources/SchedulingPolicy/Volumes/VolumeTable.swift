import ClusterModel

/// The volumes that pods use, and which of them are where.
///
/// Only pods with volumes that tie them to places are in it; where there are none it costs nothing.
struct VolumeTable: Sendable {
    private var volumesOfTask: [Int: [PodVolume]] = [:]
    /// The pods with volumes on each node, by the allocator's index.
    private var tasksOnNode: [Int: Set<Int>] = [:]
    /// By claim, how many of its pods are on each node.
    private var claimUsers: [ObjectKey: [Int: Int]] = [:]
    /// The volumes that are kept for claims whose pods have been placed, by the volume's name.
    private(set) var kept: [String: ObjectKey] = [:]
    /// The same by claim.
    private var keptVolume: [ObjectKey: String] = [:]
    /// The nodes on which a claim is to get no volume for now.
    var avoided: [ObjectKey: Set<String>] = [:]

    /// Whether no pod has such volumes.
    var isEmpty: Bool { volumesOfTask.isEmpty }

    /// The volumes of a pod; `nil` for most.
    @inline(__always)
    func volumes(of task: Int) -> [PodVolume]? { volumesOfTask.isEmpty ? nil : volumesOfTask[task] }

    mutating func setVolumes(_ volumes: [PodVolume]?, of task: Int) { volumesOfTask[task] = volumes }

    /// The pods with volumes on a node, in no order.
    func tasks(on node: Int) -> some Sequence<Int> { tasksOnNode[node] ?? [] }

    /// The nodes where pods use a claim; empty if none does.
    func nodes(using claim: ObjectKey) -> [Int] { claimUsers[claim].map { Array($0.keys) } ?? [] }

    /// Counts a pod that comes to a node (`1`) or leaves it (`-1`); says for which of its claims it is the first there
    /// is, or was the last.
    mutating func count(_ task: Int, _ claims: [ObjectKey], on node: Int, by sign: Int) -> [ObjectKey] {
        if sign > 0 {
            tasksOnNode[node, default: []].insert(task)
        } else {
            tasksOnNode[node]?.remove(task)
            if tasksOnNode[node]?.isEmpty ?? false { tasksOnNode[node] = nil }
        }
        var turned: [ObjectKey] = []
        for claim in claims {
            if claimUsers[claim] == nil { turned.append(claim) }
            let users = (claimUsers[claim]?[node] ?? 0) + sign
            claimUsers[claim, default: [:]][node] = users == 0 ? nil : users
            if claimUsers[claim]?.isEmpty ?? false {
                claimUsers[claim] = nil
                turned.append(claim)
            }
        }
        return turned
    }

    /// Keeps a volume for a claim.
    mutating func keep(_ volume: String, for claim: ObjectKey) {
        giveBack(claim)
        kept[volume] = claim
        keptVolume[claim] = volume
    }

    /// The volume that is kept for a claim.
    func volume(keptFor claim: ObjectKey) -> String? { keptVolume[claim] }

    /// Gives back what was kept for a claim.
    mutating func giveBack(_ claim: ObjectKey) {
        guard let volume = keptVolume.removeValue(forKey: claim), kept[volume] == claim else { return }
        kept[volume] = nil
    }
}
