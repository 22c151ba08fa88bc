import ClusterModel

/// The shapes of a plan's jobs, equal ones once.
struct ShapeTable {
    private(set) var shapes: [JobShape] = []
    private var ordinals: [Key: [Int]] = [:]

    /// What tells most shapes apart at a glance.
    private struct Key: Hashable {
        var pods: Int
        var roles: Int
        var minMember: Int
        var instanceType: String
        var milliCPU: Int64
        var gpus: Int64
    }

    /// The position of a shape, which is added if there is no equal one.
    ///
    /// - Complexity: O(1) unless many shapes differ in labels, selectors and the like alone.
    mutating func position(of shape: JobShape) -> Int {
        let key = Key(
            pods: shape.podCount, roles: shape.pods.count, minMember: shape.podGroup?.minMember ?? -1,
            instanceType: shape.instanceType, milliCPU: shape.pods.first?.pod.requests[.cpu] ?? -1,
            gpus: shape.pods.first?.pod.requests[.nvidiaGPU] ?? -1)
        let found = ordinals[key, default: []].first { Self.isSame(shapes[$0], shape) }
        if let found { return found }
        ordinals[key, default: []].append(shapes.count)
        return add(shape)
    }

    /// Adds a shape that no other job has. - Returns: its position.
    mutating func add(_ shape: JobShape) -> Int {
        shapes.append(shape)
        return shapes.count - 1
    }

    private static func isSame(_ left: JobShape, _ right: JobShape) -> Bool {
        left.podGroup == right.podGroup && left.pods.count == right.pods.count
            && zip(left.pods, right.pods).allSatisfy { $0.count == $1.count && $0.pod == $1.pod }
    }
}

/// What all pods of a job ask for, from which its shape is made.
struct GangRecipe: Hashable {
    var namespace: String
    var requests: ResourceAmounts
    var instanceType = ""
    var nodeSelector: [String: String] = [:]
    var gpuModels: [String] = []
    /// Thousandths of one GPU for each pod in place of whole ones; 0 for none.
    var milliGPU: Int64 = 0
    var tolerations: [Toleration] = []
    var pods: Int
    var minMember: Int
    var isGang = true
    /// The label of nodes of which one domain is to take all pods; nil for any nodes.
    var within: String?
    var schedulerName: String

    /// Amounts that can be a key.
    struct ResourceAmounts: Hashable {
        var names: [ResourceName]
        var amounts: [Int64]

        init(_ list: ResourceList) {
            names = list.names
            amounts = list.sorted.map(\.amount)
        }

        var list: ResourceList {
            var list = ResourceList()
            for (name, amount) in zip(names, amounts) { list[name] = amount }
            return list
        }
    }

    /// The shape of such a job.
    ///
    /// - Throws: `ResourceOverflow` when the pods ask for more than 63 bits hold.
    func shape() throws(ResourceOverflow) -> JobShape {
        let amounts = requests.list
        var pod = Pod(
            key: ObjectKey(namespace: namespace, name: ""), role: "worker", schedulerName: schedulerName,
            requests: amounts, limits: amounts, nodeSelector: nodeSelector, tolerations: tolerations)
        if milliGPU > 0 { pod.annotations[GPUPart.milliAnnotation] = String(milliGPU) }
        if !gpuModels.isEmpty {
            let term = NodeSelectorTerm(matchExpressions: [
                NodeSelectorRequirement(key: Self.gpuModelLabel, operator: .isIn, values: gpuModels)
            ])
            pod.nodeAffinity.required = [term]
        }
        var group: PodGroup?
        if isGang {
            var made = PodGroup(
                key: ObjectKey(namespace: namespace, name: ""), minMember: minMember,
                minResources: try Self.total(of: amounts, pods: minMember))
            if let within { made.networkTopology = NetworkTopology(nodeLabel: within) }
            group = made
        }
        // The sum over all pods must fit as well, for whoever adds it up.
        _ = try Self.total(of: amounts, pods: pods)
        var shape = JobShape(podGroup: group, pods: [JobShape.PodSet(pod: pod, count: pods)])
        shape.instanceType = instanceType
        return shape
    }

    private static let gpuModelLabel = "nvidia.com/gpu.product"

    private static func total(of amounts: ResourceList, pods: Int) throws(ResourceOverflow) -> ResourceList {
        var total = ResourceList()
        for (name, amount) in amounts.sorted {
            let (product, overflow) = amount.multipliedReportingOverflow(by: Int64(pods))
            if overflow { throw ResourceOverflow(resource: name) }
            total[name] = product
        }
        return total
    }
}

/// Makes each recipe's shape once.
struct GangRecipes {
    private var positions: [GangRecipe: Int] = [:]

    /// The position of a recipe's shape.
    ///
    /// - Throws: `ResourceOverflow` when the pods ask for more than 63 bits hold.
    mutating func position(
        of recipe: GangRecipe, in shapes: inout ShapeTable
    ) throws(ResourceOverflow) -> Int {
        if let known = positions[recipe] { return known }
        let position = shapes.position(of: try recipe.shape())
        positions[recipe] = position
        return position
    }
}

/// A number of at least five digits, so that names sort as their numbers do.
func numbered(_ name: String, _ number: Int, digits: Int = 5) -> String {
    let text = String(number)
    return "\(name)-" + String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
