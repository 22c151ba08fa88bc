import Allocator
import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

@Suite("On random clusters a node gets no more than it holds, and nothing that it refuses")
struct NodePropertyTests {
    @Test(
        "binds add nothing where a node would carry more than its allocatable",
        arguments: NamedConfiguration.all)
    func noOvercommitment(configuration: NamedConfiguration) throws {
        let violations = try Trial.violations(under: configuration) { trial in
            let before = Trial.ledger(of: trial.snapshot)
            let after = Trial.ledger(of: trial.snapshotAfterBinds)
            return after.excesses(over: before, on: trial.snapshot.nodes)
        }
        #expect(violations == [])
    }

    @Test("promises fit what is left once leaving pods have gone", arguments: NamedConfiguration.all)
    func noOverpromise(configuration: NamedConfiguration) throws {
        let violations = try Trial.violations(under: configuration) { trial in
            var staying = trial.snapshotAfterBinds
            staying.pods.removeAll { $0.isLeaving }
            var before = trial.snapshot
            before.pods = trial.podsAfterEvictions.filter { !$0.isLeaving }
            var promised = Trial.ledger(of: staying)
            for entry in trial.result.pipelined {
                if let pod = trial.pods[entry.pod] { promised.add(pod, to: entry.node) }
            }
            return promised.excesses(over: Trial.ledger(of: before), on: trial.snapshot.nodes)
        }
        #expect(violations == [])
    }

    @Test(
        "a pod that asks for something gets no node with less than no CPU or memory left",
        arguments: NamedConfiguration.all)
    func noneOnOvercommittedNodes(configuration: NamedConfiguration) throws {
        let violations = try Trial.violations(under: configuration) { trial in
            let before = Trial.ledger(of: trial.snapshot)
            let overcommitted = trial.snapshot.nodes.filter { node in
                [.cpu, .memory].contains {
                    before.amount(of: $0, on: node.name) > NodeLedger.limit(of: $0, on: node)
                }
            }
            return trial.result.binds.filter { bind in
                let asks = trial.pods[bind.pod]?.requests.sorted.contains { $0.amount > 0 } ?? false
                return asks && overcommitted.contains { $0.name == bind.node }
            }.map { "\($0.pod) is bound to \($0.node)" }
        }
        #expect(violations == [])
    }

    @Test(
        "every node that is chosen exists, matches and tolerates",
        arguments: NamedConfiguration.all.filter(\.hasPredicates))
    func onlyWillingNodes(configuration: NamedConfiguration) throws {
        let violations = try Trial.violations(under: configuration) { trial in
            let nodes = Dictionary(uniqueKeysWithValues: trial.snapshot.nodes.map { ($0.name, $0) })
            let places =
                trial.result.binds.map { ($0.pod, $0.node) }
                + trial.result.pipelined.map { ($0.pod, $0.node) }
            return places.flatMap { key, name -> [String] in
                guard let node = nodes[name] else { return ["\(key) goes to \(name), which does not exist"] }
                guard let pod = trial.pods[key] else { return ["\(key) does not exist"] }
                return NodeOracle.objections(
                    to: pod, on: node, readiness: trial.compatibility != .volcano
                ).map { "\(key) goes to \(name): \($0)" }
            }
        }
        #expect(violations == [])
    }

    @Test(
        "no pod gets a node where another has a port that it wants",
        arguments: NamedConfiguration.all.filter(\.hasPredicates))
    func noSharedPorts(configuration: NamedConfiguration) throws {
        let violations = try Trial.violations(under: configuration) { trial in
            // Volcano's preempt and reclaim make room for what a pod asks for, and do not mind ports that may yet become
            // free; reclaim does not say either that the place waits for an eviction.
            let promised = trial.result.pipelined.filter {
                trial.compatibility == .gangwright || $0.waitsFor == .gang
            }
            let placed = Set(trial.result.binds.map(\.pod) + promised.map(\.pod))
            return Self.podsByNode(of: trial).flatMap { node, pods -> [String] in
                pods.filter { placed.contains($0.key) }.flatMap { pod in
                    pods.filter { $0.key != pod.key && Self.sharePort(pod, $0) }
                        .map { "\(pod.key) is on \(node) with \($0.key)" }
                }
            }
        }
        #expect(violations == [])
    }

    /// The pods that are on each node or have been promised a place there, leaving ones included.
    private static func podsByNode(of trial: Trial) -> [String: [Pod]] {
        var found: [String: [Pod]] = [:]
        for pod in trial.snapshotAfterBinds.pods where !pod.isTerminal {
            if let node = pod.nodeName { found[node, default: []].append(pod) }
        }
        for entry in trial.result.pipelined {
            if let pod = trial.pods[entry.pod] { found[entry.node, default: []].append(pod) }
        }
        return found
    }

    private static func sharePort(_ left: Pod, _ right: Pod) -> Bool {
        left.hostPorts.contains { port in
            right.hostPorts.contains {
                port.port == $0.port && port.transport == $0.transport
                    && (port.hostIP == $0.hostIP || [port.hostIP, $0.hostIP].contains("0.0.0.0"))
            }
        }
    }

    @Test(
        "a pod without a gang that no node takes fits on none",
        // Plugins that are drawn rule out nodes for reasons of their own.
        arguments: NamedConfiguration.all.filter { $0.hasPredicates && !$0.isDrawn })
    func unschedulableMeansSo(configuration: NamedConfiguration) throws {
        let violations = try Trial.violations(under: configuration) { trial in
            var after = Trial.ledger(of: trial.snapshotAfterBinds)
            var staying = trial.snapshotAfterBinds
            staying.pods.removeAll { $0.isLeaving }
            var promised = Trial.ledger(of: staying)
            for entry in trial.result.pipelined {
                guard let pod = trial.pods[entry.pod] else { continue }
                promised.add(pod, to: entry.node)
                after.add(pod, to: entry.node)
            }
            let neighbours = Self.podsByNode(of: trial)
            let before = Trial.ledger(of: trial.snapshot)
            let oracle = Self.oracle(at: neighbours, of: trial)
            // Ours keeps the node on which room was made for a pod. Where others were evicted the pod may have been tried
            // before.
            let nominated =
                trial.compatibility == .gangwright
                ? trial.snapshot.pods.filter(\.isPending).compactMap(\.nominatedNodeName) : []
            let kept = Set(nominated + trial.result.evictions.map(\.node))
            return trial.result.pending.filter { $0.podGroup == nil && $0.reason == .unschedulable }.flatMap {
                pending -> [String] in
                // What seeks others, or is to be spread, may have been tried before those came that would help it.
                guard let pod = trial.pods[pending.pod], pod.constraints?.volumes.isEmpty ?? true,
                    pod.constraints?.podAffinity.required.isEmpty ?? true,
                    pod.constraints?.topologySpread.isEmpty ?? true
                else { return [] }
                return trial.snapshot.nodes.filter { node in
                    NodeOracle.objections(to: pod, on: node, readiness: trial.compatibility != .volcano)
                        .isEmpty
                        && !(trial.compatibility == .volcano15 && Self.isOverfull(node, before))
                        && Self.hasRoom(for: pod, on: node, after: after, promised: promised)
                        && !kept.contains(node.name)
                        && !(neighbours[node.name] ?? []).contains { Self.sharePort(pod, $0) }
                        && oracle.objections(to: pod, on: node).isEmpty
                }.map { "\(pending.pod) would fit on \($0.name)" }
            }
        }
        #expect(violations == [])
    }

    /// Whether more is bound on a node than it has: Volcano 1.5 passes over it.
    private static func isOverfull(_ node: Node, _ before: NodeLedger) -> Bool {
        let names = node.allocatable.names.filter { $0 != .pods && $0 != .ephemeralStorage }
        return names.contains { before.amount(of: $0, on: node.name) > NodeLedger.limit(of: $0, on: node) }
    }

    /// What pods say to each other at the end of a cycle.
    private static func oracle(at pods: [String: [Pod]], of trial: Trial) -> NeighbourOracle {
        var oracle = NeighbourOracle(nodes: trial.snapshot.nodes)
        oracle.placed = pods.flatMap { node, pods in pods.map { ($0, node) } }
        return oracle
    }

    @Test(
        "what is bound, in its order, obeys every rule about other pods at the moment of its placement",
        arguments: NamedConfiguration.all.filter(\.hasPredicates))
    func rulesAboutOthers(configuration: NamedConfiguration) throws {
        let violations = try Trial.violations(under: configuration) { trial -> [String] in
            // A place that is only held is counted by those that come after it, and has no place in the order of binds.
            // Volcano 1.5 does not look at topology spread.
            if !trial.result.pipelined.isEmpty || trial.compatibility == .volcano15 { return [] }
            var oracle = NeighbourOracle(nodes: trial.snapshot.nodes, pods: trial.snapshot.pods)
            return trial.result.binds.flatMap { bind -> [String] in
                guard let pod = trial.pods[bind.pod],
                    let node = trial.snapshot.nodes.first(where: { $0.name == bind.node })
                else { return [] }
                let objections = oracle.objections(to: pod, on: node)
                oracle.placed.append((pod, node.name))
                return objections.map { "\(bind.pod) goes to \(bind.node): \($0)" }
            }
        }
        #expect(violations == [])
    }

    /// Whether one more pod fits what will be left; slots are counted with the leaving pods still there.
    private static func hasRoom(
        for pod: Pod, on node: Node, after: NodeLedger, promised: NodeLedger
    ) -> Bool {
        let asked = pod.requests.sorted.filter { $0.name != .pods }
        let isBestEffort = asked.allSatisfy { $0.amount == 0 }
        if after.amount(of: .pods, on: node.name) >= NodeLedger.limit(of: .pods, on: node) { return false }
        if isBestEffort { return true }
        let demanded =
            asked.filter { $0.amount > 0 }.map { ($0.name, $0.amount) } + [(.cpu, 0), (.memory, 0)]
        return demanded.allSatisfy { name, amount in
            promised.amount(of: name, on: node.name) + amount <= NodeLedger.limit(of: name, on: node)
        }
    }
}
