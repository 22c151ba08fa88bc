import Allocator
public import ClusterModel
import SchedulingLoop
import SchedulingPolicy

/// A node that others are to be like: what it offers, its labels and its taints, as a new machine would have them.
public struct NodeTemplate: Sendable {
    /// What the new nodes are called after.
    public let name: String
    /// How a person calls what they are like: a node's name, a pool, a file.
    public let title: String
    private let node: Node
    private let csiNode: CSINode?
    /// What is published of its inside, with nothing of it in use.
    private let published: Numatopology?
    /// What DaemonSets run on it, and would run on others.
    private let companions: [Pod]

    /// Nodes like one that exists, or that somebody has written down.
    ///
    /// What only says how that machine is at present is left out: that it is cordoned, not ready, what the node controller
    /// taints it with for that, and the images that it has pulled.
    ///
    /// - Parameter cluster: where the volume drivers of the node and the pods of its DaemonSets are, which new nodes would have
    ///   as well.
    public init(like node: Node, title: String, of cluster: ClusterSnapshot = ClusterSnapshot()) {
        var fresh = node
        fresh.isUnschedulable = false
        fresh.ready = nil
        fresh.taints.removeAll { $0.key.hasPrefix("node.kubernetes.io/") }
        fresh.images = []
        (self.node, name, self.title) = (fresh, node.name, title)
        csiNode = cluster.csiNodes.first { $0.name == node.name }
        published = cluster.numatopologies.first { $0.name == node.name }.map { published in
            var fresh = published
            if fresh.allocatableCPUs != nil { fresh.allocatableCPUs = CPUSet(fresh.cpus.map(\.id)) }
            fresh.podAllocations = []
            return fresh
        }
        companions = cluster.pods.filter { pod in
            pod.nodeName == node.name && !pod.isTerminal && pod.owners.contains { $0.kind == "DaemonSet" }
        }
    }

    /// Adds so many nodes to a cluster, under names that it does not have: `NAME-new-1` and so on.
    ///
    /// - Returns: their names.
    @discardableResult
    public func add(_ count: Int, to snapshot: inout ClusterSnapshot) -> [String] {
        let taken = Set(snapshot.nodes.map(\.name))
        var names: [String] = []
        var number = 0
        while names.count < count {
            number += 1
            let name = "\(node.name)-new-\(number)"
            if taken.contains(name) { continue }
            var another = node
            another.name = name
            if another.labels[Self.hostname] != nil { another.labels[Self.hostname] = name }
            snapshot.nodes.append(another)
            if var drivers = csiNode {
                drivers.name = name
                snapshot.csiNodes.append(drivers)
            }
            if var inside = published {
                inside.name = name
                snapshot.numatopologies.append(inside)
            }
            for companion in companions {
                var pod = companion
                pod.key.name += "-\(name)"
                pod.uid = ""
                pod.nodeName = name
                snapshot.pods.append(pod)
            }
            names.append(name)
        }
        return names
    }

    /// What an empty cluster of one such node says to a pod that it does not take; empty if it takes it.
    func refusals(of pod: Pod, _ surroundings: WhatIfRun.Surroundings) -> [CycleResult.NodeReason] {
        var snapshot = ClusterSnapshot()
        add(1, to: &snapshot)
        let loop = try? SchedulingLoop(
            snapshot: snapshot, configuration: surroundings.configuration, options: surroundings.options)
        guard let headroom = loop?.headroom(for: pod), headroom.pods == 0 else { return [] }
        return headroom.reasons
    }

    /// The label that tells every node from all others.
    private static let hostname = "kubernetes.io/hostname"
}
