import ClusterModel
import Documents

/// A pod as the API server shows it.
struct ShownPod: Sendable, Equatable {
    let name: String
    let namespace: String
    let uid: String
    let gang: String
    /// The cards of which it holds parts, as they are written on it; empty if it holds none.
    let gpuShares: String
    let node: String
    let phase: String
    let isTerminating: Bool
    /// Why it is on no node.
    let reason: String
    let message: String
    /// What it asks for, in thousandths.
    let requests: [String: Int64]

    /// Whether it holds a place on a node.
    var holdsPlace: Bool { !node.isEmpty && !isTerminating && phase != "Failed" && phase != "Succeeded" }

    init(_ value: Value) {
        let metadata = value["metadata"]
        name = metadata?["name"]?.string ?? ""
        namespace = metadata?["namespace"]?.string ?? ""
        uid = metadata?["uid"]?.string ?? ""
        gang = metadata?["annotations"]?["scheduling.k8s.io/group-name"]?.string ?? ""
        gpuShares = metadata?["annotations"]?["gangwright.io/gpu-shares"]?.string ?? ""
        node = value["spec"]?["nodeName"]?.string ?? ""
        phase = value["status"]?["phase"]?.string ?? ""
        isTerminating = metadata?["deletionTimestamp"] != nil
        let condition = value["status"]?["conditions"]?.elements.first {
            $0["type"]?.string == "PodScheduled"
        }
        reason = condition?["reason"]?.string ?? ""
        message = condition?["message"]?.string ?? ""
        var requests: [String: Int64] = ["pods": 1_000]
        if let containers = value["spec"]?["containers"] {
            for container in containers.elements {
                // The API server copies limits to where there is no request.
                requests.merge(Self.amounts(container["resources"]?["requests"]), uniquingKeysWith: +)
            }
        }
        self.requests = requests
    }

    /// Amounts of resources in thousandths.
    static func amounts(_ value: Value?) -> [String: Int64] {
        guard let value else { return [:] }
        var amounts: [String: Int64] = [:]
        for (name, amount) in value.members {
            amounts[name] = try? Quantity.milli(amount.string ?? amount.scalarText ?? "")
        }
        return amounts
    }
}
