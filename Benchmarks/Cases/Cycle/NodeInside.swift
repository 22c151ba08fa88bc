import ClusterModel
import SchedulingPolicy
import SyntheticClusters

extension BenchmarkCase {
    /// What it costs that GPUs and processors of nodes are chosen.
    static let numaCycle = BenchmarkCase(
        "cycle/numa", "gangs of 8 whose GPUs and processors are chosen, on nodes of which the inside is known"
    ) { settings in
        let nodes = settings.nodes
        let pods = settings.size(4_000, quick: 400)
        return try ChosenParts.allCases.map { kind in
            try settings.rateDecided(
                kind.workload(nodes: nodes, pods: pods, seed: settings.seed),
                "\(nodes) nodes, \(pods) pods, \(kind.rawValue)", target: kind == .nothing ? nil : 1_000)
        }
    }
}

/// Gangs of eight pods of one GPU on nodes of two boards of four GPUs, a fifth of which are in use already.
enum ChosenParts: String, CaseIterable {
    case nothing = "nothing is chosen"
    case gpus = "GPUs are chosen"
    case aligned = "GPUs and processors as a restricted kubelet wants them"

    func workload(nodes: Int, pods: Int, seed: UInt64) -> SessionWorkload {
        var recipe = SyntheticCluster.uniform(nodes: nodes)
        recipe.pending = .pods(pods)
        let plugins =
            switch self {
            case .nothing: ""
            case .gpus: "- name: gpu-topology"
            case .aligned: "- name: gpu-topology\n  - name: numa-aware"
            }
        return SessionWorkload(recipe, seed: seed, configuration: .with(plugins)) { snapshot in
            for index in snapshot.nodes.indices {
                // Machines differ in what others hold of them, so that they are in several states from the beginning.
                var published = MachineShape.quads.published(
                    as: snapshot.nodes[index].name, policy: self == .aligned ? .restricted : nil)
                if index % 5 == 0, let all = published.allocatableCPUs {
                    published.allocatableCPUs = all.subtracting(CPUSet(0..<(1 + index / 5 % 8)))
                }
                snapshot.numatopologies.append(published)
            }
            if self != .aligned { return }
            for index in snapshot.pods.indices {
                snapshot.pods[index].guaranteedContainers = [
                    GuaranteedContainer(name: "main", wholeCPUs: 11, gpus: 1)
                ]
            }
        }
    }
}

extension SchedulerConfiguration {
    /// The default configuration with plugins more in its last tier.
    fileprivate static func with(_ plugins: String) -> SchedulerConfiguration {
        let text = defaultText + (plugins.isEmpty ? "" : "  \(plugins)\n")
        let (configuration, problems) = read(Array(text.utf8), file: "default with plugins")
        guard let configuration else { preconditionFailure("\(problems)") }
        return configuration
    }
}
