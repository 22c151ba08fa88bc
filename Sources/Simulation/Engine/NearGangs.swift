import ClusterModel
import SchedulingPolicy

/// How many gangs began in one domain of the network, by the labels of nodes that the configuration names.
struct NearGangs {
    /// From the widest on; empty where nobody has said what is near.
    private let labels: [String]
    /// Starts of jobs of several pods, and those in one domain of the last label.
    private(set) var starts = 0
    private(set) var together = 0

    init(_ configuration: SchedulerConfiguration) { labels = configuration.networkTopologyLabels }

    /// Whether nobody has said what is near.
    var isEmpty: Bool { labels.isEmpty }

    /// Counts the start of a job of several pods on some nodes.
    mutating func count(_ nodes: some Sequence<Node>) {
        starts += 1
        var first: [String]?
        for node in nodes {
            let domain = labels.compactMap { node.labels[$0] }
            if domain.count < labels.count || first.map({ $0 != domain }) ?? false { return }
            first = domain
        }
        together += 1
    }
}

extension SimulatedCluster {
    /// Notes where a job begins to run.
    func noteStart(of job: Int, _ live: LiveJob) {
        if near.isEmpty || live.slots.count < 2 { return }
        near.count(
            live.slots.lazy.compactMap { slot -> Node? in
                let node = self.slots[slot].node
                return node < 0 ? nil : self.nodes.entries[Int(node)].node
            })
    }
}
