import ClusterModel
import Topology

/// Which processors and memory a command keeps to.
enum PlacementInput {
    /// Options that say which.
    static let options: [Option] = [
        Option(
            name: "numa-node", metavar: "N",
            help: "run on this NUMA node's processors, and take its memory first",
            integers: 0...CPUSet.greatestID),
        Option(name: "cpu-list", metavar: "LIST", help: "run on these processors, as in 0-3,8"),
    ]

    /// For measurements: memory that is far from the processors.
    static let memoryOption = Option(
        name: "memory-node", metavar: "N",
        help: "take this NUMA node's memory first, and not that of --numa-node",
        integers: 0...CPUSet.greatestID)

    /// Places the process as the options say; it must have no other thread yet.
    @discardableResult static func apply(
        _ arguments: Arguments, memoryNode: Int? = nil
    ) throws(CommandFailure) -> ProcessPlacement {
        var placement = ProcessPlacement(numaNode: arguments.integer("numa-node"), memoryNode: memoryNode)
        if let text = arguments.value("cpu-list") {
            guard let cpus = CPUSet(text) else {
                throw CommandFailure(
                    .badInput, "--cpu-list: found \"\(text)\", expected processors such as 0-3,8")
            }
            placement.cpus = cpus
        }
        do { try placement.apply() } catch {
            let option =
                switch error {
                case .noCPU, .noCPUs: "--cpu-list: "
                case .noNode(let node, _): node == memoryNode ? "--memory-node: " : "--numa-node: "
                case .refused: arguments.isGiven("cpu-list") ? "--cpu-list: " : "--numa-node: "
                }
            let isRefused = if case .refused = error { true } else { false }
            throw CommandFailure(isRefused ? .outsideWorld : .badInput, option + error.description)
        }
        return placement
    }
}
