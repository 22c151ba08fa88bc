import Allocator
import ClusterModel

/// The allocator that a session was told to use, shared and not copied: it is asked several times for each pod.
///
/// A value of a protocol type, or of a generic one, would be copied whenever it is read, and an allocator is large.
final class ChosenAllocator {
    /// Whether it is the specification, beside which nothing is to be kept that it could be compared by.
    let isReference: Bool
    /// The nodes on which something has changed, for those who follow it.
    private(set) var changes = NodeChanges()
    private var indexed: IndexedAllocator
    private var reference: ReferenceAllocator

    init(_ kind: AllocatorKind, _ nodes: NodeDescriptions) {
        isReference = kind == .reference
        indexed = IndexedAllocator(filters: nodes.filters, kernels: nodes.kernels)
        reference = ReferenceAllocator(filters: nodes.filters, kernels: nodes.kernels)
    }

    var resources: ResourceTable { isReference ? reference.resources : indexed.resources }
    var resourceCount: Int { isReference ? reference.resources.count : indexed.resources.count }
    var nodeCount: Int { isReference ? reference.nodeCount : indexed.nodeCount }
    var nodesByName: [Int] { isReference ? reference.nodesByName : indexed.nodesByName }
    var cluster: ClusterState { isReference ? reference.cluster : indexed.cluster }
    var diagnosis: Diagnosis { isReference ? reference.diagnosis : indexed.diagnosis }
    var isFreeing: Bool { isReference ? reference.isFreeing : indexed.isFreeing }

    func addResources(_ names: [ResourceName]) {
        isReference ? reference.addResources(names) : indexed.addResources(names)
    }

    func node(_ index: Int) -> Node {
        isReference ? reference.node(index) : indexed.node(index)
    }

    /// Begins to note which nodes change, if nobody has asked for it yet.
    func followNodes() { changes.follow() }

    func addNode(_ node: Node) -> Int {
        changes.restart()
        return isReference ? reference.addNode(node) : indexed.addNode(node)
    }

    func updateNode(_ index: Int, to node: Node) {
        changes.note(index)
        isReference ? reference.updateNode(index, to: node) : indexed.updateNode(index, to: node)
    }

    func removeNode(_ index: Int) {
        changes.restart()
        isReference ? reference.removeNode(index) : indexed.removeNode(index)
    }

    func makeMark(refusal: String) -> NodeMark {
        isReference ? reference.makeMark(refusal: refusal) : indexed.makeMark(refusal: refusal)
    }

    func setMark(_ mark: NodeMark, on node: Int, to isSet: Bool) {
        changes.note(node)
        isReference
            ? reference.setMark(mark, on: node, to: isSet) : indexed.setMark(mark, on: node, to: isSet)
    }

    func intern(_ pod: Pod, avoiding marks: [NodeMark]) -> ShapeID {
        isReference
            ? reference.intern(pod, avoiding: marks, requiring: [])
            : indexed.intern(pod, avoiding: marks, requiring: [])
    }

    func internRequest(of pod: Pod) -> RequestID {
        isReference ? reference.internRequest(of: pod) : indexed.internRequest(of: pod)
    }

    func internHold(of resource: ResourceName) -> RequestID {
        isReference ? reference.internHold(of: resource) : indexed.internHold(of: resource)
    }

    func intern(_ request: RequestID, asking amount: Int64, of resource: ResourceName) -> RequestID {
        isReference
            ? reference.intern(request, asking: amount, of: resource)
            : indexed.intern(request, asking: amount, of: resource)
    }

    func intern(_ shape: ShapeID, asking request: RequestID) -> ShapeID {
        isReference ? reference.intern(shape, asking: request) : indexed.intern(shape, asking: request)
    }

    func requestID(of shape: ShapeID) -> RequestID {
        isReference ? reference.requestID(of: shape) : indexed.requestID(of: shape)
    }

    func request(_ id: RequestID) -> PodRequest {
        isReference ? reference.request(id) : indexed.request(id)
    }

    func bestNode(for shape: ShapeID) -> Placement? {
        isReference ? reference.bestNode(for: shape) : indexed.bestNode(for: shape)
    }

    func prepare(_ shape: ShapeID) {
        isReference ? reference.prepare(shape) : indexed.prepare(shape)
    }

    func bestNode(
        for shape: ShapeID, where accepts: (Int) -> Bool, adding points: ([Int]) -> [Int64]?
    ) -> Placement? {
        isReference
            ? reference.bestNode(for: shape, where: accepts, adding: points)
            : indexed.bestNode(for: shape, where: accepts, adding: points)
    }

    func bestNode(
        for shape: ShapeID, among nodes: [Int], where accepts: (Int) -> Bool,
        adding points: ([Int]) -> [Int64]?
    ) -> Placement? {
        isReference
            ? reference.bestNode(for: shape, among: nodes, where: accepts, adding: points)
            : indexed.bestNode(for: shape, among: nodes, where: accepts, adding: points)
    }

    /// The same where the policy does not tell nodes apart that are alike; the reference asks about each.
    func bestNode(
        for shape: ShapeID, where accepts: (Int) -> Bool, adding points: ([Int]) -> [Int64]?,
        alike likeness: NodeLikeness
    ) -> Placement? {
        isReference
            ? reference.bestNode(for: shape, where: accepts, adding: points)
            : indexed.bestNode(for: shape, where: accepts, adding: points, alike: likeness)
    }

    /// The best of some nodes, where the policy has no say.
    func bestNode(for shape: ShapeID, among nodes: [Int]) -> Placement? {
        isReference
            ? reference.bestNode(for: shape, among: nodes, where: { _ in true }, adding: { _ in nil })
            : indexed.bestNodeInPlace(for: shape, among: nodes)
    }

    /// How many pods of a shape fit what is idle now on one node.
    func room(for shape: ShapeID, on node: Int) -> Int {
        isReference
            ? reference.room(for: shape, among: [node]) : indexed.roomInPlace(for: shape, on: node)
    }

    func room(for shape: ShapeID, among nodes: [Int]) -> Int {
        isReference
            ? reference.room(for: shape, among: nodes) : indexed.room(for: shape, among: nodes)
    }

    func nodes(meetingDemandsOf shape: ShapeID) -> [Int] {
        isReference ? reference.nodes(meetingDemandsOf: shape) : indexed.nodesInPlace(meetingDemandsOf: shape)
    }

    func ranked(
        _ candidates: [Int], for shape: ShapeID, adding points: ([Int]) -> [Int64]?
    ) -> [Int] {
        isReference
            ? reference.ranked(candidates, for: shape, adding: points)
            : indexed.ranked(candidates, for: shape, adding: points)
    }

    func isMarked(_ node: Int, against shape: ShapeID) -> Bool {
        isReference ? reference.isMarked(node, against: shape) : indexed.isMarkedInPlace(node, against: shape)
    }

    func allocatable(_ node: Int, _ column: Int) -> Int64 {
        isReference ? reference.allocatable(node, column) : indexed.allocatableInPlace(node, column)
    }

    func points(of kernel: ScoreKernel, for shape: ShapeID, on nodes: [Int]) -> [Int64] {
        isReference
            ? reference.points(of: kernel, for: shape, on: nodes)
            : indexed.points(of: kernel, for: shape, on: nodes)
    }

    func idle(_ node: Int, _ column: Int) -> Int64 {
        isReference ? reference.idle(node, column) : indexed.idleInPlace(node, column)
    }

    func futureIdle(_ node: Int, _ column: Int) -> Int64 {
        isReference ? reference.futureIdle(node, column) : indexed.futureIdleInPlace(node, column)
    }

    func placement(of shape: ShapeID, on node: Int) -> Placement? {
        isReference ? reference.placement(of: shape, on: node) : indexed.placementInPlace(of: shape, on: node)
    }

    func room(for shape: ShapeID) -> Int {
        isReference ? reference.room(for: shape) : indexed.room(for: shape)
    }

    func take(_ placement: Placement, for shape: ShapeID) {
        changes.note(placement.node)
        isReference ? reference.take(placement, for: shape) : indexed.take(placement, for: shape)
    }

    func giveBack(_ placement: Placement, for shape: ShapeID) {
        changes.note(placement.node)
        isReference ? reference.giveBack(placement, for: shape) : indexed.giveBack(placement, for: shape)
    }

    func add(_ request: RequestID, to node: Int, as occupancy: Occupancy) {
        changes.note(node)
        isReference
            ? reference.add(request, to: node, as: occupancy) : indexed.add(request, to: node, as: occupancy)
    }

    func remove(_ request: RequestID, from node: Int, as occupancy: Occupancy) {
        changes.note(node)
        isReference
            ? reference.remove(request, from: node, as: occupancy)
            : indexed.remove(request, from: node, as: occupancy)
    }

    func bestNode(
        ofAllFor shape: ShapeID, above floor: Int64, where accepts: (Int) -> Bool,
        adding points: ([Int]) -> [Int64]?
    ) -> Placement? {
        isReference
            ? reference.bestNode(ofAllFor: shape, above: floor, where: accepts, adding: points)
            : indexed.bestNode(ofAllFor: shape, above: floor, where: accepts, adding: points)
    }

    func admits(_ shape: ShapeID, on node: Int) -> Bool {
        isReference ? reference.admits(shape, on: node) : indexed.admits(shape, on: node)
    }

    func isOverfull(_ node: Int, columns: [Int]) -> Bool {
        isReference
            ? reference.isOverfull(node, columns: columns) : indexed.isOverfull(node, columns: columns)
    }

    func configure(_ nodes: NodeDescriptions) {
        changes.restart()
        if isReference {
            reference.configure(filters: nodes.filters, kernels: nodes.kernels)
        } else {
            indexed.configure(filters: nodes.filters, kernels: nodes.kernels)
        }
    }
}

/// The nodes on which something has changed, one after the other, for those who sum them up.
///
/// Nothing is noted until somebody follows, nor when it has become more than anybody will want to read.
struct NodeChanges {
    /// The nodes by the allocator's index, in the order in which they changed.
    private(set) var nodes: [Int32] = []
    /// Counts how often everything has begun anew: what was known before holds no more.
    private(set) var epoch = 0
    private var isFollowed = false
    private static let most = 1 << 18

    @inline(__always)
    mutating func note(_ node: Int) {
        if !isFollowed { return }
        if nodes.count >= Self.most { return restart() }
        nodes.append(Int32(node))
    }

    mutating func follow() { isFollowed = true }

    /// Forgets everything: nodes have come or gone, or are looked at in another way.
    mutating func restart() {
        if !isFollowed { return }
        isFollowed = false
        nodes.removeAll()
        epoch += 1
    }
}
