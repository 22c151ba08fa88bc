import Documents
import Foundation
import KubernetesClient
import Synchronization

/// Fake nodes and a stream of training jobs on a real API server, placed by `gangwright run`, drawn until somebody ends it.
struct Demo {
    /// A kind of training job.
    private struct JobKind {
        let name: String
        let pods: Int
        let gpus: Int
        let seconds: ClosedRange<Int>
    }

    private struct SeenPod: Sendable {
        let name: String
        let job: String
        let node: String?
        let phase: String
        let gpus: Int
        let end: Double
        let isTerminating: Bool

        init?(_ value: Value) {
            let metadata = value["metadata"]
            guard let name = metadata?["name"]?.string else { return nil }
            self.name = name
            job = metadata?["annotations"]?["scheduling.k8s.io/group-name"]?.string ?? name
            node = value["spec"]?["nodeName"]?.string
            phase = value["status"]?["phase"]?.string ?? "Pending"
            let limits = value["spec"]?["containers"]?.elements.first { _ in true }?["resources"]?["limits"]
            gpus = limits?["nvidia.com/gpu"]?.string.flatMap { Int($0) } ?? 0
            end = metadata?["labels"]?["seconds"]?.string.flatMap { Double($0) } ?? 0
            isTerminating = metadata?["deletionTimestamp"] != nil
        }
    }

    private static let kinds = [
        JobKind(name: "bert", pods: 2, gpus: 4, seconds: 10...30),
        JobKind(name: "resnet", pods: 4, gpus: 2, seconds: 8...20),
        JobKind(name: "llama", pods: 8, gpus: 8, seconds: 20...40),
        JobKind(name: "notebook", pods: 1, gpus: 1, seconds: 5...40),
    ]
    private static let namespace = "training"
    private static let gpusPerNode = 8

    let options: LoadOptions
    let cluster: LoadedCluster

    func run() async throws {
        try await cluster.addNamespace(Self.namespace)
        try await cluster.addNodes(options.nodes, gpus: Self.gpusPerNode)
        let process = try ScheduledProcess(
            "'\(options.program)' run --leader-elect false --listen-address none",
            kubeconfig: options.schedulerKubeconfig)
        let end = options.seconds.map { ContinuousClock.now + .seconds($0) }
        let jobs = Task { try await submit() }
        defer { jobs.cancel() }
        var started: [String: Double] = [:]
        while !Task.isCancelled, end.map({ .now < $0 }) ?? true {
            guard process.isRunning else {
                throw UsageError("gangwright run has ended; its log is \(process.logFile)")
            }
            let pods = try await cluster.client.list(ListScope(.pods, namespace: Self.namespace)) {
                SeenPod($0)
            }.items
            try await play(pods, &started)
            draw(pods, process)
            do { try await Task.sleep(for: .milliseconds(500)) } catch { break }
        }
        process.stop()
    }

    /// Makes a job every second or two.
    private func submit() async throws {
        var number = 0
        while !Task.isCancelled {
            number += 1
            let kind = Self.kinds[[0, 1, 3, 0, 2, 1, 3, 3][number % 8]]
            let name = "\(kind.name)-\(number)"
            let seconds = Int.random(in: kind.seconds)
            if kind.pods > 1 { try await cluster.addGang(name, kind.pods, in: Self.namespace) }
            for rank in 0..<kind.pods {
                var pod = LoadedCluster.PodWish(
                    name: kind.pods > 1 ? "\(name)-\(rank)" : name, gang: kind.pods > 1 ? name : nil,
                    scheduler: "gangwright")
                pod.gpus = kind.gpus
                pod.labels = [("seconds", .string("\(seconds)"))]
                try await cluster.addPod(pod, in: Self.namespace)
            }
            try await Task.sleep(for: .milliseconds(Int.random(in: 700...1_800)))
        }
    }

    /// Does what kubelets and a job controller would: pods that are bound run, end after their time, and go.
    private func play(_ pods: [SeenPod], _ started: inout [String: Double]) async throws {
        let now = Date.now.timeIntervalSince1970
        var phases: [(String, String)] = []
        var gone: [String] = []
        for pod in pods where pod.node != nil {
            if pod.isTerminating || pod.phase == "Succeeded" {
                gone.append(pod.name)
            } else if pod.phase == "Pending" {
                started[pod.name] = now
                phases.append((pod.name, "Running"))
            } else if now - (started[pod.name] ?? now) > pod.end {
                phases.append((pod.name, "Succeeded"))
            }
        }
        try await cluster.each(phases) { name, phase in
            let status: OutputValue = ["status": ["phase": .string(phase)]]
            do throws(ClientError) {
                _ = try await cluster.client.patch(
                    .pods, namespace: Self.namespace, name: name, subresource: "status", .merge,
                    body: Array(status.json(pretty: false).utf8))
            } catch {
                if error.status?.code != 404 { throw error }
            }
        }
        try await cluster.each(gone) { try await cluster.deletePod($0, in: Self.namespace) }
    }

    // MARK: Picture

    private func draw(_ pods: [SeenPod], _ process: ScheduledProcess) {
        let jobs = Dictionary(grouping: pods.filter { $0.phase != "Succeeded" }, by: \.job)
        var letters: [String: Character] = [:]
        for (index, job) in jobs.keys.sorted().enumerated() {
            letters[job] = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")[index % 52]
        }
        var lines = [
            "gangwright run, \(options.nodes) nodes with \(Self.gpusPerNode) GPUs each; Ctrl-C ends it", "",
        ]
        var used = 0
        for index in 0..<options.nodes {
            let name = LoadedCluster.node(index)
            var cells = ""
            for pod in pods.sorted(by: { $0.name < $1.name })
            where pod.node == name && pod.phase != "Succeeded" {
                cells += String(repeating: letters[pod.job] ?? "?", count: pod.gpus)
            }
            used += cells.count
            let free = String(repeating: "·", count: max(0, Self.gpusPerNode - cells.count))
            lines.append("\(name.padding(toLength: 9, withPad: " ", startingAt: 0))\(cells)\(free)")
        }
        let total = options.nodes * Self.gpusPerNode
        lines += ["", "\(used) of \(total) GPUs in use", ""]
        for (job, members) in jobs.sorted(by: { $0.key < $1.key }) {
            let placed = members.filter { $0.node != nil }.count
            let state = placed == members.count ? "runs" : placed == 0 ? "waits" : "\(placed) bound"
            lines.append(
                "\(letters[job] ?? "?") \(job): \(members.count) × \(members[0].gpus) GPUs, \(state)")
        }
        // A terminal is drawn over; a file gets one picture after the other.
        let isTerminal = isatty(STDOUT_FILENO) == 1
        let text = (isTerminal ? "\u{1B}[H\u{1B}[2J" : "") + lines.joined(separator: "\n") + "\n"
        FileHandle.standardOutput.write(Data(text.utf8))
    }
}
