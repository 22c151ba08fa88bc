import Allocator
import ClusterModel

/// How Volcano 1.5 looks for a node.
extension Session {
    /// The best of all nodes where a pod fits now or will fit; there is no node that it tries first.
    func findPlace15(for task: Int) -> FoundPlace {
        guard let shape = tasks[task].shape else { return .none(refusals: number([:])) }
        let rules = points.nodeRules(for: task, in: self)
        if rules == nil, !points.nodes.mayScoreBelowZero { return findPlainPlace15(for: shape) }
        var ruledOut: [NodeRefusal: Int] = [:]
        allocator.prepare(shape)
        let placement = allocator.bestNode(
            ofAllFor: shape, above: -scoreUnit,
            where: { node in
                guard let refusal = rules?.refusal(node) else { return true }
                ruledOut[refusal, default: 0] += 1
                return false
            }, adding: { rules?.points($0) })
        return placement.map(FoundPlace.place) ?? .none(refusals: refusals15(of: shape, ruledOut))
    }

    private func findPlainPlace15(for shape: ShapeID) -> FoundPlace {
        if let refusals = exhausted[shape] { return .none(refusals: refusals) }
        let placement: Placement?
        if allocator.isFreeing {
            allocator.prepare(shape)
            placement = allocator.bestNode(
                ofAllFor: shape, above: .min, where: { _ in true }, adding: { _ in nil })
        } else {
            // Where nothing is being freed there is one set anyway, and the index knows its best.
            placement = allocator.bestNode(for: shape)
        }
        if let placement { return .place(placement) }
        let refusals = refusals15(of: shape, [:])
        exhausted[shape] = refusals
        if placesInStatement > 0 { exhaustedInStatement.append(shape) }
        return .none(refusals: refusals)
    }

    /// What nodes have to say that do not take a shape.
    private func refusals15(of shape: ShapeID, _ ruledOut: [NodeRefusal: Int]) -> Int32 {
        let shortages = allocator.diagnosis.shortageCounts(of: shape)
        return number(
            lastingRefusals(of: shape).merging(shortages) { $1 }.merging(ruledOut) { $0 + $1 })
    }

    /// The first node by name that takes a pod which asks for nothing.
    func firstPlace15(for task: Int) -> FoundPlace {
        guard let shape = tasks[task].shape else { return .none(refusals: number([:])) }
        let rules = points.nodeRules(for: task, in: self)
        var ruledOut: [NodeRefusal: Int] = [:]
        for node in allocator.nodes(meetingDemandsOf: shape) {
            guard let placement = allocator.placement(of: shape, on: node) else { continue }
            guard let refusal = rules?.refusal(node) else { return .place(placement) }
            ruledOut[refusal, default: 0] += 1
        }
        return .none(refusals: refusals15(of: shape, ruledOut))
    }

    /// The nodes by name that pass a pod's filters, resources aside.
    ///
    /// 1.5 knows no filter that the departure of pods could satisfy.
    func passingNodes15(for task: Int, _ rules: NodeRules?) -> [Int] {
        guard let shape = tasks[task].shape else { return [] }
        allocator.prepare(shape)
        return allocator.nodes(meetingDemandsOf: shape).filter { node in
            allocator.admits(shape, on: node) && rules?.refusal(node) == nil
        }
    }
}

extension NodeDescriptions {
    /// Whether a node may get less than no points.
    var mayScoreBelowZero: Bool {
        kernels.contains { kernel in
            switch kernel {
            case .binpack(_, let weight), .binpackEach(_, let weight): weight < 0
            default: false
            }
        }
    }
}
