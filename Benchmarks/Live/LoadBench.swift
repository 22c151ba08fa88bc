import Documents
import Foundation
import KubernetesClient

/// How fast gangs are bound: by a client that only posts bindings, by Gangwright, and by a peer, on one API server.
///
/// Each contender gets the same pods in a namespace of its own, before it starts; when it is done they go again.
struct LoadBench {
    /// Who binds.
    enum Contender {
        case bareBinder
        case gangwright
        case peer(command: String, scheduler: String)

        var name: String {
            switch self {
            case .bareBinder: "bare binder"
            case .gangwright: "gangwright"
            case .peer: "peer"
            }
        }

        var scheduler: String {
            switch self {
            case .bareBinder: "bare-binder"
            case .gangwright: "gangwright"
            case .peer(_, let scheduler): scheduler
            }
        }
    }

    /// What was measured of one contender.
    struct Outcome {
        var bound = 0
        /// From the process's start to the first binding, in seconds.
        var toFirst: Double?
        /// From when its caches were filled to the first binding, in seconds; nil where it does not say.
        var fromKnownToFirst: Double?
        /// Bindings a second from the first to the last.
        var rate = 0.0
        var cpuMilliseconds: Double?
        var memory: Double?
        /// From the last binding until all events and statuses were there, in seconds.
        var trailing: Double?
    }

    let options: LoadOptions
    let cluster: LoadedCluster

    func run() async throws {
        log("making \(options.nodes) nodes and \(options.running) running pods")
        try await cluster.addNodes(options.nodes)
        try await fill()
        var contenders: [Contender] = [.bareBinder, .gangwright]
        if let peer = options.peer {
            contenders.append(.peer(command: peer, scheduler: options.peerScheduler))
        }
        var outcomes: [[Outcome]] = contenders.map { _ in [] }
        for repetition in 1...options.repetitions {
            for (index, contender) in contenders.enumerated() {
                let outcome = try await measure(contender, in: "load-\(index)-\(repetition)")
                outcomes[index].append(outcome)
                log(
                    "\(contender.name), \(repetition) of \(options.repetitions): \(outcome.bound) bound, "
                        + "\(Int(outcome.rate)) a second")
            }
        }
        report(contenders, outcomes)
    }

    /// Pods that hold places from the beginning, a few on every node.
    private func fill() async throws {
        if options.running == 0 { return }
        try await cluster.addNamespace("running")
        try await cluster.each(Array(0..<options.running)) { index in
            var wish = LoadedCluster.PodWish(name: "running-\(index)", scheduler: "gangwright")
            wish.node = LoadedCluster.node(index % options.nodes)
            try await cluster.addPod(wish, in: "running")
        }
    }

    // MARK: One contender

    private func measure(_ contender: Contender, in namespace: String) async throws -> Outcome {
        try await cluster.addNamespace(namespace)
        let gangs = (0..<options.pods / options.gang).map { "gang-\($0)" }
        let names = gangs.flatMap { gang in (0..<options.gang).map { "\(gang)-\($0)" } }
        try await cluster.each(gangs) { gang in
            try await cluster.addGang(gang, options.gang, in: namespace)
            for rank in 0..<options.gang {
                try await cluster.addPod(
                    LoadedCluster.PodWish(
                        name: "\(gang)-\(rank)", gang: gang, scheduler: contender.scheduler), in: namespace)
            }
        }
        let watch = BindWatch(cluster.client, namespace: namespace)
        try await Task.sleep(for: .seconds(2))
        let outcome: Outcome
        switch contender {
        case .bareBinder: outcome = try await bind(names, watch, in: namespace)
        case .gangwright:
            outcome = try await schedule(
                "'\(options.program)' run --leader-elect false --listen-address none",
                names, gangs.count, watch, in: namespace)
        case .peer(let command, _):
            outcome = try await schedule(command, names, gangs.count, watch, in: namespace)
        }
        try await cluster.each(names) { try await cluster.deletePod($0, in: namespace) }
        return outcome
    }

    /// Posts bindings and does nothing else: what the API server can do at most.
    private func bind(_ names: [String], _ watch: BindWatch, in namespace: String) async throws -> Outcome {
        let places = options.nodes
        try await cluster.each(Array(names.enumerated())) { index, name in
            try await cluster.client.bind(
                pod: name, namespace: namespace, uid: nil, node: LoadedCluster.node(index % places))
        }
        await watch.wait(for: names.count)
        return Outcome(bound: watch.count, rate: rate(watch))
    }

    private func schedule(
        _ command: String, _ names: [String], _ gangs: Int, _ watch: BindWatch, in namespace: String
    ) async throws -> Outcome {
        let begin = ContinuousClock.now
        let beginDate = Date.now
        let process = try ScheduledProcess(command, kubeconfig: options.schedulerKubeconfig)
        await watch.wait(for: names.count)
        guard process.isRunning else {
            throw UsageError("\(command) has ended; its output is in \(process.logFile)")
        }
        var outcome = Outcome(bound: watch.count, rate: rate(watch))
        if let span = watch.span {
            outcome.toFirst = (span.first - begin) / .seconds(1)
            if let known = knownAfter(process.log, beginDate) {
                outcome.fromKnownToFirst = outcome.toFirst.map { max(0, $0 - known) }
            }
            outcome.trailing = try await trailing(names.count, gangs, since: span.last, in: namespace)
        }
        outcome.cpuMilliseconds = process.cpuSeconds * 1_000 / Double(max(1, outcome.bound))
        outcome.memory = process.peakMebibytes
        process.stop()
        return outcome
    }

    private func rate(_ watch: BindWatch) -> Double {
        guard let span = watch.span, span.last > span.first else { return 0 }
        return Double(watch.count - 1) / ((span.last - span.first) / .seconds(1))
    }

    /// When our log says that the cluster is known, in seconds after the start.
    private func knownAfter(_ log: String, _ begin: Date) -> Double? {
        guard let line = log.split(separator: "\n").first(where: { $0.contains("the cluster is known") }),
            let word = line.split(separator: " ").first,
            let time = try? Date(String(word), strategy: .iso8601WithMilliseconds)
        else { return nil }
        return time.timeIntervalSince(begin)
    }

    /// Waits for an event a pod and a phase a gang. - Returns: Seconds since the last binding; nil if they do not come.
    private func trailing(
        _ pods: Int, _ gangs: Int, since last: ContinuousClock.Instant, in namespace: String
    ) async throws -> Double? {
        let events = ListScope(GroupVersionResource(resource: "events"), namespace: namespace)
        let groups = ListScope(LoadedCluster.groups, namespace: namespace)
        while ContinuousClock.now - last < .seconds(60) {
            let scheduled = try await cluster.client.list(events) { event -> String? in
                event["reason"]?.string == "Scheduled" ? event["involvedObject"]?["name"]?.string : nil
            }.items
            let running = try await cluster.client.list(groups) { group in
                group["status"]?["phase"]?.string == "Running" ? 1 : nil
            }.items.count
            if scheduled.filter({ !$0.isEmpty }).count >= pods, running >= gangs {
                return (ContinuousClock.now - last) / .seconds(1)
            }
            try await Task.sleep(for: .milliseconds(200))
        }
        return nil
    }

    // MARK: Report

    private func report(_ contenders: [Contender], _ outcomes: [[Outcome]]) {
        let reference = median(outcomes[0].map(\.rate)) ?? 0
        print(
            "\(options.nodes) nodes, \(options.running) running pods, \(options.pods) waiting in gangs of "
                + "\(options.gang), medians of \(options.repetitions):\n")
        var rows = [
            [
                "", "bound", "binds/s", "of bare", "first bind s", "after lists s", "CPU ms/pod",
                "memory MiB",
                "events and statuses s",
            ]
        ]
        for (contender, runs) in zip(contenders, outcomes) {
            let rate = median(runs.map(\.rate)) ?? 0
            rows.append([
                contender.name, "\(runs.map(\.bound).min() ?? 0)", "\(Int(rate))",
                reference > 0 ? "\(Int((rate / reference * 100).rounded())) %" : "",
                text(runs.map(\.toFirst)), text(runs.map(\.fromKnownToFirst)),
                text(runs.map(\.cpuMilliseconds)), text(runs.map(\.memory), digits: 0),
                text(runs.map(\.trailing), digits: 1),
            ])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = zip(row, widths).enumerated().map { index, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return index == 0 ? cell.0 + space : space + cell.0
            }
            print(cells.joined(separator: "  "))
        }
    }

    private func median(_ values: [Double]) -> Double? {
        let sorted = values.sorted()
        return sorted.isEmpty ? nil : sorted[sorted.count / 2]
    }

    private func text(_ values: [Double?], digits: Int = 2) -> String {
        median(values.compactMap { $0 }).map { String(format: "%.\(digits)f", $0) } ?? ""
    }

    private func log(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}

extension ParseStrategy where Self == Date.ISO8601FormatStyle {
    /// `2026-01-01T00:00:00.000Z`.
    fileprivate static var iso8601WithMilliseconds: Date.ISO8601FormatStyle {
        Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    }
}
