public import ClusterModel

/// A place for a pod.
public struct Placement: Hashable, Sendable {
    /// Whether the pod can start there at once.
    public enum Kind: Sendable {
        /// It fits into what is idle now.
        case allocate
        /// It fits once pods that are leaving have gone.
        case pipeline
    }

    /// The node's index.
    public let node: Int
    /// Whether the pod can start at once.
    public let kind: Kind

    /// A node and a kind.
    public init(node: Int, kind: Kind) {
        self.node = node
        self.kind = kind
    }
}

/// Which nodes the policy does not tell apart: those of one number that have the same left are equally good for a pod.
public struct NodeLikeness {
    /// The numbers are below this.
    public let count: Int
    /// The number of a node; negative for one that is like no other.
    public let number: (Int) -> Int

    /// - Parameters:
    ///   - count: all numbers are below it.
    ///   - number: the number of a node.
    public init(count: Int, number: @escaping (Int) -> Int) {
        self.count = count
        self.number = number
    }
}

/// The seam between policy and placement: it finds the best node for a shape, and keeps the books.
///
/// Every node is looked at, never a sample. The best node is the one with the highest score among those where the pod
/// fits what is idle; only if there is none, among those where it fits what will be idle. Equal scores go to the
/// smallest node name, byte-wise.
///
/// An allocator lives as long as its scheduler: nodes and pods of others come to it as changes. The same nodes, pods and
/// resources give the same answers, whatever the order in which they have come.
public protocol PodAllocator: Sendable {
    /// An allocator over a cluster, with the filters and scores that the policy chose.
    init(cluster: ClusterState, filters: NodeFilters, kernels: [ScoreKernel])

    // MARK: Resources

    /// The columns of the resources. New ones are appended; a column stays its resource's for good.
    var resources: ResourceTable { get }

    /// Makes columns for resources that are new. Nodes and pods that name one bring it with them.
    mutating func addResources(_ names: [ResourceName])

    // MARK: Nodes

    /// The number of nodes.
    var nodeCount: Int { get }

    /// The indices of the nodes in byte-wise order of their names. Complexity: O(nodes).
    var nodesByName: [Int] { get }

    /// The node of an index.
    func node(_ index: Int) -> Node

    /// The index of a node; `nil` when no node has the name.
    func index(ofNode name: String) -> Int?

    /// Adds a node without pods, whose name no other node has.
    ///
    /// - Returns: its index, which stays its own until it is removed. Indices of removed nodes are used again.
    @discardableResult
    mutating func addNode(_ node: Node) -> Int

    /// Changes what a node says of itself: labels, taints, readiness, images, what it offers. Its name stays.
    ///
    /// The pods on it stay booked, even if they are more than it now offers.
    mutating func updateNode(_ index: Int, to node: Node)

    /// Removes a node with all that is booked on it; the caller forgets its pods there.
    mutating func removeNode(_ index: Int)

    // MARK: Pods

    /// Makes a mark, which no node has.
    ///
    /// - Parameter refusal: what is said of nodes that it rules out, in kube-scheduler's words: `node(s) didn't have
    ///   free ports for the requested pod ports`.
    mutating func makeMark(refusal: String) -> NodeMark

    /// The shape of a pod, under which everything else is asked.
    ///
    /// - Parameters:
    ///   - avoiding: a node that has one of these marks is ruled out, as long as it has it.
    ///   - requiring: a node that lacks one of these is ruled out.
    mutating func intern(_ pod: Pod, avoiding: [NodeMark], requiring: [NodeMark]) -> ShapeID

    /// What a pod takes from a node, interned.
    mutating func internRequest(of pod: Pod) -> RequestID

    /// One of a resource and nothing else, not even a slot: for what is taken from a node without a pod.
    mutating func internHold(of resource: ResourceName) -> RequestID

    /// A request that asks for another amount of one resource and for the same otherwise.
    mutating func intern(
        _ request: RequestID, asking amount: Int64, of resource: ResourceName
    ) -> RequestID

    /// A shape whose pods take something else and are alike otherwise.
    mutating func intern(_ shape: ShapeID, asking request: RequestID) -> ShapeID

    /// The request of a shape.
    func requestID(of shape: ShapeID) -> RequestID

    /// What pods of a request take.
    func request(_ id: RequestID) -> PodRequest

    // MARK: Asking

    /// The best node for one more pod of a shape, `nil` if it fits nowhere.
    ///
    /// A shape that asks for no resources needs a free slot and nothing else (Volcano's backfill).
    mutating func bestNode(for shape: ShapeID) -> Placement?

    /// The best node that a check accepts: of what cannot be a mark, since it is too particular to a pod.
    ///
    /// The check is shown the best node, then what would be the best without that one, and so on. Scores that are scaled
    /// over the candidates are scaled over those that have not been refused yet.
    mutating func bestNode(for shape: ShapeID, where accepts: (Int) -> Bool) -> Placement?

    /// Brings up to date what the questions about rules below depend on; asked before them, and again after a change.
    mutating func prepare(_ shape: ShapeID)

    /// The best node where the policy has a say on each node: it accepts or refuses it, and adds points to its score.
    ///
    /// - Parameters:
    ///   - accepts: asked once about every node that has room.
    ///   - points: for the nodes that were accepted, what to add to the score of each, in `scoreUnit`; asked once.
    /// - Complexity: O(nodes): for pods with constraints that no index knows.
    func bestNode(
        for shape: ShapeID, where accepts: (Int) -> Bool, adding points: ([Int]) -> [Int64]?
    ) -> Placement?

    /// The best of some nodes, where the policy may have a say on each of them; as of `bestNode` over all.
    ///
    /// - Complexity: O(given nodes × (resources asked for + kernels)).
    func bestNode(
        for shape: ShapeID, among nodes: [Int], where accepts: (Int) -> Bool,
        adding points: ([Int]) -> [Int64]?
    ) -> Placement?

    /// How many pods of a shape fit what is idle now on some nodes together.
    ///
    /// - Complexity: O(given nodes × resources asked for).
    func room(for shape: ShapeID, among nodes: [Int]) -> Int

    /// The nodes that meet a shape's demands, whatever is on them, by name.
    func nodes(meetingDemandsOf shape: ShapeID) -> [Int]

    /// Nodes by the score that a shape gives them, best first, whether it fits there or not.
    func ranked(
        _ candidates: [Int], for shape: ShapeID, adding points: ([Int]) -> [Int64]?
    ) -> [Int]

    /// The points that one kernel alone, of what is in use, would give nodes for a shape, in `scoreUnit`.
    func points(of kernel: ScoreKernel, for shape: ShapeID, on nodes: [Int]) -> [Int64]

    /// Whether the marks of a node rule it out for a shape.
    func isMarked(_ node: Int, against shape: ShapeID) -> Bool

    /// What pods may use of a column on a node in all.
    func allocatable(_ node: Int, _ column: Int) -> Int64

    /// What is left of a column on a node as of now; negative on a node that was over-committed when it was found.
    func idle(_ node: Int, _ column: Int) -> Int64

    /// What will be left of a column on a node once leaving pods have gone and promised ones have come.
    func futureIdle(_ node: Int, _ column: Int) -> Int64

    /// The place on one node, `nil` if a pod of the shape does not fit there.
    func placement(of shape: ShapeID, on node: Int) -> Placement?

    /// How many pods of a shape fit what is idle now, one after the other, on all nodes together.
    mutating func room(for shape: ShapeID) -> Int

    /// The best of all nodes on which a pod fits now or will fit, weighed up in one set, where the policy has a say on each.
    ///
    /// Volcano 1.5 chooses so. As of `bestNode`, but for this:
    /// - Parameter floor: of several nodes, one whose score is no higher is not chosen.
    func bestNode(
        ofAllFor shape: ShapeID, above floor: Int64, where accepts: (Int) -> Bool,
        adding points: ([Int]) -> [Int64]?
    ) -> Placement?

    /// Whether a node takes a pod of a shape as far as constraints, marks and slots go, resources aside.
    func admits(_ shape: ShapeID, on node: Int) -> Bool

    /// Whether more of one of these columns is bound on a node than it has.
    func isOverfull(_ node: Int, columns: [Int]) -> Bool

    /// True while there is a node on which more will be left than there is now, so that places may be promised there.
    var isFreeing: Bool { get }

    /// Says why nodes do not take pods, as of now. It holds on to the columns: ask, and let go before the next change.
    var diagnosis: Diagnosis { get }

    /// What the nodes offer and what is left, node by node: for reports, since putting it together may take
    /// O(nodes × resources).
    var cluster: ClusterState { get }

    // MARK: Changing

    /// Takes a place that `bestNode` or `placement` has just found.
    mutating func take(_ placement: Placement, for shape: ShapeID)

    /// Gives a place back: the exact inverse of `take`.
    mutating func giveBack(_ placement: Placement, for shape: ShapeID)

    /// Books a pod that has its node already, whether it fits there or not.
    ///
    /// The caller has made sure that the sum of all pods' requests fits in 63 bits.
    mutating func add(_ request: RequestID, to node: Int, as occupancy: Occupancy)

    /// Takes a pod off its node: the exact inverse of `add`.
    mutating func remove(_ request: RequestID, from node: Int, as occupancy: Occupancy)

    /// Gives a node a mark, or takes it off. Nodes come without marks, and lose them when they are removed.
    mutating func setMark(_ mark: NodeMark, on node: Int, to isSet: Bool)

    /// Changes filters and scores. Nodes, bookings, shapes and requests stay what they are.
    mutating func configure(filters: NodeFilters, kernels: [ScoreKernel])
}

/// One point of a score, in the fixed point that scores are added up in.
public let scoreUnit: Int64 = ShapeScorer.unit

extension PodAllocator {
    /// An allocator without nodes, to which everything comes as a change.
    public init(filters: NodeFilters, kernels: [ScoreKernel]) {
        self.init(cluster: ClusterState(), filters: filters, kernels: kernels)
    }

    /// The shape of a pod that asks about no mark.
    public mutating func intern(_ pod: Pod) -> ShapeID { intern(pod, avoiding: [], requiring: []) }

    /// What pods of a shape take.
    public func request(of shape: ShapeID) -> PodRequest { request(requestID(of: shape)) }
}
