import Allocator
import ClusterModel

/// Chooses which GPUs of a node a pod gets, and prefers nodes that can give it GPUs that are well joined.
///
/// It is ours. What it chooses is written on the pod, for a device plugin or driver that honours it: the GPUs, the processors next
/// to them and the network cards. `GPULayout` says what is good.
struct GPUTopologyPlugin: Plugin {
    static let name = "gpu-topology"
    static let arguments = [ArgumentSchema(name: "weight", kind: .integer(default: 1))]

    private let weight: Int64

    init(_ arguments: Arguments) { weight = arguments.integer("weight") }

    func describeNodes(_ nodes: inout NodeDescriptions) { nodes.choosesGPUs = true }

    func open(_ session: Session, _ points: inout PluginPoints) {
        points.annotateBinds { session, task in session.pinAnnotations(of: task) }
        if weight == 0 { return }
        points.scoreNodes { session, task in
            if session.pins.layouts.isEmpty || session.wholeGPUs(of: task) == 0 { return nil }
            let question = session.pinQuestion(for: task)
            // A tenth of the rating of the best set; 0 where nothing is known of the node, or too few GPUs are free.
            return NodeScore(
                points: { nodes in
                    nodes.map { session.pinAnswer(question, on: $0).rating * weight * scoreUnit / 10 }
                }, pins: question)
        }
    }
}
