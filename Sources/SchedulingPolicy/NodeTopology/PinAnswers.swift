import Allocator
import ClusterModel

/// What a pod would get on a node, and what plugins say of that.
final class PinAnswer {
    /// `nil` where nothing is chosen for it, or it cannot have what it needs.
    let pins: Pins?
    /// Whether it would get all that it asks for.
    let isWhole: Bool
    /// Why the node's kubelet would not take it; `nil` where it would.
    let refusal: NodeRefusal?
    /// From how many NUMA nodes its processors would come.
    let numaNodes: Int64
    /// How good its GPUs would be, from 0 to 1000.
    let rating: Int64

    init(
        pins: Pins?, isWhole: Bool = false, refusal: NodeRefusal?, numaNodes: Int64 = 0, rating: Int64 = 0
    ) {
        self.pins = pins
        self.isWhole = isWhole
        self.refusal = refusal
        self.numaNodes = numaNodes
        self.rating = rating
    }
}

/// The answers to pods of one demand: each is worked out once for all nodes of one kind that have the same left.
final class PinAnswers {
    /// What pods have in common that get the same answers.
    struct Demand: Hashable {
        let wish: PinTable.Wish?
        /// Whole GPUs.
        let gpus: Int
    }

    /// A state of a node on which a gang has GPUs already.
    private struct Beside: Hashable {
        let state: Int
        let near: UInt64
    }

    private var byState: [PinAnswer?] = []
    private var beside: [Beside: PinAnswer] = [:]
    /// On nodes of which nothing is known.
    var unknown: PinAnswer?

    /// The answer for a state; `nil` if it has not been worked out.
    ///
    /// - Parameter near: the GPUs that the pod's gang has on the node.
    func answer(_ state: Int, near: UInt64) -> PinAnswer? {
        if near != 0 { return beside[Beside(state: state, near: near)] }
        return state < byState.count ? byState[state] : nil
    }

    func forget() {
        byState.removeAll()
        beside.removeAll()
    }

    func note(_ answer: PinAnswer, _ state: Int, near: UInt64) {
        if near != 0 {
            if beside.count >= 1 << 16 { beside.removeAll() }
            beside[Beside(state: state, near: near)] = answer
            return
        }
        while byState.count <= state { byState.append(nil) }
        byState[state] = answer
    }
}

/// A pod that asks what it would get.
struct PinQuestion {
    let wish: PinTable.Wish?
    /// The whole GPUs that it asks for.
    let gpus: Int
    /// The GPUs that its gang has, by node and bit.
    let near: [Int: UInt64]
    let answers: PinAnswers
}

extension Session {
    /// What to ask nodes for a pod. - Complexity: O(pods of its gang).
    func pinQuestion(for task: Int) -> PinQuestion {
        let gpus = wholeGPUs(of: task)
        let wish = pins.wishes[task]
        return PinQuestion(
            wish: wish, gpus: gpus, near: gpus == 0 ? [:] : gangGPUs(of: task),
            answers: pins.answers(to: PinAnswers.Demand(wish: wish, gpus: gpus)))
    }

    /// What a pod would get on a node.
    ///
    /// - Complexity: O(1) for a state of a node that has been met before.
    func pinAnswer(_ question: PinQuestion, on node: Int) -> PinAnswer {
        guard let layout = layout(of: node) else {
            if let known = question.answers.unknown { return known }
            let new = PinAnswer(pins: nil, refusal: policyRefusal(question.wish, nil, PinTable.Room()))
            question.answers.unknown = new
            return new
        }
        let near = question.near.isEmpty ? 0 : question.near[node] ?? 0
        return pinAnswer(question, near, pinRoom(on: node, layout), layout)
    }

    /// What a pod would get if so much were left.
    ///
    /// - Parameter near: the GPUs that its gang has on the node.
    func pinAnswer(
        _ question: PinQuestion, _ near: UInt64, _ room: PinTable.Room, _ layout: NodeLayout
    ) -> PinAnswer {
        // Beside the reference everything is worked out anew.
        if !allocator.isReference, let known = question.answers.answer(room.state, near: near) {
            return known
        }
        let new = makePinAnswer(question, near, room, layout)
        question.answers.note(new, room.state, near: near)
        return new
    }

    /// Which nodes a pod need not tell apart by what it would get there.
    ///
    /// - Complexity: O(nodes that have changed).
    func pinLikeness(_ question: PinQuestion) -> NodeLikeness {
        // What is found out of one node may make everything be forgotten, at most once.
        for _ in 0..<2 {
            for node in pins.takeStale().lazy.map(Int.init) where pins.stateOfNode[node] < 0 {
                if let layout = layout(of: node) {
                    _ = pinRoom(on: node, layout)
                } else {
                    pins.setState(0, of: node)
                }
            }
        }
        let (states, near) = (pins.stateOfNode, question.near)
        return NodeLikeness(count: pins.stateCount) { node in
            if node >= states.count || !near.isEmpty && near[node] != nil { return -1 }
            return Int(states[node])
        }
    }

    private func makePinAnswer(
        _ question: PinQuestion, _ near: UInt64, _ room: PinTable.Room, _ layout: NodeLayout
    ) -> PinAnswer {
        var refusal = policyRefusal(question.wish, layout, room)
        let gpus = nodeDescriptions.choosesGPUs && layout.gpus != nil ? question.gpus : 0
        var chosen: Pins?
        if nodeDescriptions.followsKubelet, let wish = question.wish, isAligned(wish, layout) {
            switch alignedChoice(wish, gpus, near: near, room, layout) {
            case .given(let assignment): chosen = assignment
            case .refused(let container):
                // Volcano knows nothing of what a leaving pod would set free.
                refusal =
                    refusal
                    ?? .rule(
                        "container \(container) cannot be assigned by numa",
                        isResolvable: compatibility == .gangwright)
            }
        } else if gpus > 0 {
            chosen = gpuChoice(gpus, question.wish, near: near, room, layout)
        }
        let counts = chosen.map { layout.cpus.countByNUMANode($0.cpus) } ?? []
        var rating: Int64 = 0
        if let chosen, let machine = layout.gpus, !chosen.gpus.isEmpty {
            rating = machine.rating(of: machine.set(of: chosen.gpus), from: room.gpus, near: near)
        }
        let cpus = question.wish?.containers.reduce(0) { $0 + $1.wholeCPUs } ?? 0
        return PinAnswer(
            pins: chosen, isWhole: chosen.map { $0.cpus.count == cpus && $0.gpus.count == gpus } ?? false,
            refusal: refusal, numaNodes: Int64(counts.count { $0 > 0 }), rating: rating)
    }

    /// Why a node is not for a pod that names a policy for NUMA nodes.
    private func policyRefusal(
        _ wish: PinTable.Wish?, _ layout: NodeLayout?, _ room: PinTable.Room
    ) -> NodeRefusal? {
        guard let policy = wish?.policy, policy != .none else { return nil }
        // Whether others leaving could help, where the node's settings stand in the way; Volcano thinks so.
        let isResolvable = compatibility.isVolcano
        guard let layout else { return .rule("numa info is empty", isResolvable: isResolvable) }
        if !layout.isStatic {
            return .rule("cpu manager policy isn't static", isResolvable: isResolvable)
        }
        let ofNode = layout.published.topologyManagerPolicy
        if policy.rawValue != ofNode {
            return .rule(
                "task topology policy[\(policy.rawValue)] is different with node[\(ofNode)]",
                isResolvable: isResolvable)
        }
        return room.cpus.isEmpty ? .rule("cpu allocatable map is empty", isResolvable: true) : nil
    }
}
