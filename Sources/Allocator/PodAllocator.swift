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

/// The seam between policy and placement: it finds the best node for a shape, and keeps the books.
///
/// Every node is looked at, never a sample. The best node is the one with the highest score among those where the pod
/// fits what is idle; only if there is none, among those where it fits what will be idle. Equal scores go to the
/// smallest node name, byte-wise. The same calls give the same answers.
public protocol PodAllocator: Sendable {
    /// The nodes in byte-wise order of their names.
    var nodes: [Node] { get }

    /// What the nodes offer and what is left, node by node: for reports, since putting it together may take
    /// O(nodes × resources).
    var cluster: ClusterState { get }

    /// The shape of a pod, under which everything else is asked.
    mutating func intern(_ pod: Pod) -> ShapeID

    /// The best node for one more pod of a shape, `nil` if it fits nowhere.
    ///
    /// A shape that asks for no resources needs a free slot and nothing else (Volcano's backfill).
    mutating func bestNode(for shape: ShapeID) -> Placement?

    /// The place on one node, `nil` if a pod of the shape does not fit there.
    func placement(of shape: ShapeID, on node: Int) -> Placement?

    /// Takes a place that `bestNode` or `placement` has just found.
    mutating func take(_ placement: Placement, for shape: ShapeID)

    /// Gives a place back: the exact inverse of `take`.
    mutating func giveBack(_ placement: Placement, for shape: ShapeID)

    /// Says why nodes do not take pods, as of now. It holds on to the columns: ask, and let go before the next change.
    var diagnosis: Diagnosis { get }

    /// The request of a shape.
    func request(of shape: ShapeID) -> PodRequest
}
