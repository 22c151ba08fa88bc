import ClusterModel
import SyntheticClusters
import Testing

@Suite("An adversarial cluster holds everything odd, and only what it may") struct AdversarialClusterTests {
    static let snapshots: [ClusterSnapshot] = (1...500).map {
        SyntheticCluster.adversarial.snapshot(seed: $0)
    }

    @Test("among 500 seeds each oddity occurs, and not in all", arguments: Oddity.allCases)
    func occurs(oddity: Oddity) {
        let count = Self.snapshots.count { oddity.occurs(in: $0) }
        #expect((25...400).contains(count), "in \(count) of 500")
    }

    @Test("an oddity that is excluded does not occur", arguments: Oddity.allCases)
    func excluded(oddity: Oddity) {
        let recipe = AdversarialCluster(excluding: [oddity])
        for seed in UInt64(1)...60 {
            #expect(!oddity.occurs(in: recipe.snapshot(seed: seed)), "seed \(seed)")
        }
    }

    @Test("with every oddity excluded a plain cluster is left, whose gangs wait as a whole") func plain() {
        let recipe = AdversarialCluster(excluding: Set(Oddity.allCases))
        for seed in UInt64(1)...60 {
            let snapshot = recipe.snapshot(seed: seed)
            let oddities = Oddity.allCases.filter { $0.occurs(in: snapshot) }
            #expect(oddities.isEmpty, "seed \(seed)")
            let minimums = snapshot.podGroups.map(\.minMember)
            #expect(minimums.allSatisfy { $0 > 0 })
            let bound = snapshot.pods.filter { $0.podGroup != nil && !$0.isPending }.map(\.key)
            #expect(bound.isEmpty, "seed \(seed)")
        }
    }

    @Test("the same seed gives the same snapshot, another seed another") func seeds() {
        for seed in UInt64(1)...20 {
            let isEqual = SyntheticCluster.adversarial.snapshot(seed: seed) == Self.snapshots[Int(seed) - 1]
            #expect(isEqual, "seed \(seed)")
        }
        #expect(Set(Self.snapshots.map { $0.pods.count * 100 + $0.nodes.count }).count > 100)
    }

    @Test("clusters stay small: 1 to 12 nodes, 0 to 20 gangs") func sizes() {
        #expect(Set(Self.snapshots.map(\.nodes.count)) == Set(1...12))
        #expect(Set(Self.snapshots.map(\.podGroups.count)) == Set(0...20))
    }

    @Test("names are unique within a kind") func uniqueNames() {
        for snapshot in Self.snapshots {
            #expect(Set(snapshot.nodes.map(\.name)).count == snapshot.nodes.count)
            #expect(Set(snapshot.pods.map(\.key)).count == snapshot.pods.count)
            #expect(Set(snapshot.podGroups.map(\.key)).count == snapshot.podGroups.count)
            #expect(Set(snapshot.queues.map(\.name)).count == snapshot.queues.count)
            #expect(Set(snapshot.priorityClasses.map(\.name)).count == snapshot.priorityClasses.count)
            #expect(Set(snapshot.instanceTypes.map(\.name)).count == snapshot.instanceTypes.count)
        }
    }

    @Test("every effect, operator, phase and state occurs") func vocabulary() {
        let nodes = Self.snapshots.flatMap(\.nodes)
        let pods = Self.snapshots.flatMap(\.pods)
        let groups = Self.snapshots.flatMap(\.podGroups)
        let tolerations = pods.flatMap(\.tolerations)
        let required = pods.flatMap { $0.nodeAffinity.required ?? [] }
        let preferred = pods.flatMap(\.nodeAffinity.preferred)

        #expect(Set(nodes.flatMap(\.taints).map(\.effect)) == Set(Taint.Effect.allCases))
        #expect(Set(nodes.map(\.ready)) == [nil, .isTrue, .isFalse, .unknown])
        #expect(Set(tolerations.map(\.operator)) == Set(Toleration.Operator.allCases))
        #expect(Set(tolerations.map(\.effect)) == Set([nil] + Taint.Effect.allCases))
        #expect(tolerations.contains { $0.key.isEmpty })
        let operators = Set(NodeSelectorRequirement.Operator.allCases)
        #expect(Set(required.flatMap(\.matchExpressions).map(\.operator)) == operators)
        #expect(Set(preferred.flatMap(\.preference.matchExpressions).map(\.operator)) == operators)
        #expect(required.contains { !$0.matchFields.isEmpty })
        #expect(required.contains(NodeSelectorTerm()))
        #expect(pods.contains { $0.nodeAffinity.required?.isEmpty ?? false })
        #expect(Set(pods.map(\.phase)) == Set(Pod.Phase.allCases))
        #expect(Set(pods.flatMap(\.unsupportedConstraints)) == Set(UnsupportedConstraint.allCases))
        #expect(Set(groups.map(\.phase)) == Set(PodGroup.Phase.allCases))
        #expect(Set(Self.snapshots.flatMap(\.queues).map(\.state)) == Set(Queue.State.allCases))
        for origin in [PodGroup.Origin.object, .amlJob, .jobFile] {
            #expect(groups.contains { $0.origin == origin })
        }
        #expect(groups.contains { $0.minMember == 1 })
        #expect(groups.contains { $0.minResources?.isEmpty ?? false })
    }

    @Test("pods wait, and run, on nodes of theirs and on unknown ones, nominated ones among them")
    func states() {
        let pods = Self.snapshots.flatMap(\.pods)
        #expect(pods.contains { $0.isTerminating && $0.nodeName == nil })
        #expect(pods.contains { $0.isTerminating && $0.nodeName != nil })
        #expect(pods.contains { $0.isTerminal && $0.nodeName == nil })
        #expect(pods.contains { $0.isTerminal && $0.nodeName != nil })
        #expect(pods.contains { $0.phase == .pending && $0.nodeName != nil })
        #expect(pods.contains { $0.nominatedNodeName == "node-gone" })
        #expect(pods.contains { ($0.nominatedNodeName ?? "node-gone") != "node-gone" })
    }
}
