import ClusterAdapter
import ClusterModel
import Dispatch
import Glibc
import KubernetesClient
import Recording
import SchedulingLoop
import SchedulingPolicy
import Synchronization

/// `gangwright run`: the scheduler of a live cluster.
struct RunCommand {
    static let command = Command(
        "run", abstract: "Schedule a live cluster, as its secondary scheduler",
        discussion: """
            Places the pods that name this scheduler, gang by gang, and writes bindings, evictions, statuses and events \
            to the API server. Several may run: one holds the lease and decides, the others stand by. Ends on SIGTERM or \
            SIGINT, and gives the lease back.
            """,
        examples: [
            Command.Example("Schedule the cluster of the current context", "gangwright run"),
            Command.Example(
                "Take Volcano's place",
                "gangwright run --scheduler-name volcano --config volcano-scheduler.conf"),
            Command.Example(
                "See what it would do in Volcano's place",
                "gangwright run --shadow-of volcano --config volcano-scheduler.conf --record shadow.jsonl.gz"),
        ],
        options: ClusterConnection.options + [
            ConfigurationInput.option,
            Option(
                name: "scheduler-name", metavar: "NAME",
                help: "place pods that ask for this scheduler (default: gangwright)", repeatable: true),
            Option(
                name: "schedule-period", metavar: "DURATION",
                help: "the longest time between two cycles while something waits", default: "1s"),
            Option(
                name: "gang-bind-failure-policy", metavar: "POLICY",
                help:
                    "what happens to a gang when one of its bindings is refused: the pod is placed again, or all "
                    + "that are bound give their places back",
                default: SchedulerOptions.BindFailurePolicy.retry.rawValue,
                choices: SchedulerOptions.BindFailurePolicy.allCases.map(\.rawValue)),
            Option(
                name: "gang-repair-timeout", metavar: "DURATION",
                help: "how long a gang may hold places for fewer pods than its minimum; 0 for ever",
                default: "10m"),
            Option(
                name: "cache-compare-period", metavar: "DURATION",
                help: "how often what is known is compared with what the API server has; 0 for never",
                default: "10m"),
            Option(
                name: "kube-api-qps", metavar: "N",
                help: "requests a second in the long run (default: no limit but the server's own)",
                integers: 1...1_000_000),
            Option(
                name: "kube-api-burst", metavar: "N",
                help: "requests that may come at once under --kube-api-qps",
                default: "200", integers: 1...1_000_000),
            Option(
                name: "leader-elect", metavar: "BOOL", help: "whether to wait for the lease before deciding",
                default: "true", choices: ["true", "false"]),
            Option(
                name: "leader-elect-resource-namespace", metavar: "NAMESPACE", help: "where the lease is",
                default: "gangwright-system"),
            Option(
                name: "leader-elect-resource-name", metavar: "NAME", help: "what the lease is called",
                default: "gangwright"),
            Option(
                name: "listen-address", metavar: "ADDRESS",
                help: "where /metrics, /healthz and /readyz answer; none for nowhere", default: ":8080"),
            Option(
                name: "metrics-namespace", metavar: "NAME",
                help: "what the names of metrics begin with; volcano for dashboards that know Volcano's",
                default: "gangwright"),
            Option(
                name: "record", metavar: "FILE",
                help:
                    "write what is seen and decided to this file, for gangwright replay; one that is there is moved "
                    + "to FILE.1"),
            Option(
                name: "record-limit", metavar: "SIZE",
                help: "the length at which another file is begun, as in 512Mi; 0 for none", default: "1Gi"),
            Option.flag(
                "shadow",
                help: "decide and write nothing: compare with what another scheduler does with the same pods"),
            Option(
                name: "shadow-of", metavar: "NAME",
                help:
                    "the scheduler whose pods a shadow decides about; the same as --shadow --scheduler-name",
                repeatable: true),
            Option(
                name: "shadow-patience", metavar: "DURATION",
                help: "how long a shadow's decision is kept if nobody follows it", default: "60s"),
            Option(
                name: "log-level", metavar: "LEVEL", help: "what is logged: this and what matters more",
                default: Log.Level.info.rawValue, choices: Log.Level.allCases.map(\.rawValue)),
            Option(
                name: "log-format", metavar: "FORMAT", help: "how the log looks",
                default: Log.Format.text.rawValue, choices: Log.Format.allCases.map(\.rawValue)),
        ] + PlacementInput.options)

    private let arguments: Arguments
    private let environment: [String: String]

    init(_ arguments: Arguments, environment: [String: String]) {
        self.arguments = arguments
        self.environment = environment
    }

    func run(_ outcome: inout CommandOutcome) throws(CommandFailure) {
        try PlacementInput.apply(arguments)
        let input = try ConfigurationInput(arguments)
        let log = Log(
            level: arguments.value("log-level").flatMap(Log.Level.init) ?? .info,
            format: arguments.value("log-format").flatMap(Log.Format.init) ?? .text)
        for warning in input.warnings { log.warning("\(warning)") }
        let options = try schedulerOptions()
        let client = try client(options)
        let metrics = Metrics(namespace: arguments.value("metrics-namespace") ?? "gangwright")
        let scheduler = try scheduler(client, input.written, options, log, metrics)
        let endpoint = try endpoint(scheduler, metrics)
        // A shadow takes nothing from anybody, so that it needs no leave.
        let elects = arguments.value("leader-elect") == "true" && options.shadowPatience == nil
        let elector = elects ? elector(client, log) : nil
        let watcher = arguments.value("config").map {
            ConfigurationWatcher(path: $0, scheduler: scheduler, log: log)
        }
        let failure = Process.runUntilStopped { () async -> String? in
            await withTaskGroup(of: String?.self) { group in
                group.addTask { await scheduler.run() }
                if let watcher {
                    group.addTask {
                        await watcher.run()
                        return nil
                    }
                }
                if let elector {
                    group.addTask {
                        await elector.run(
                            leads: { isLeader in
                                if isLeader { scheduler.lead() } else { await scheduler.resign() }
                            }, renews: { scheduler.mayDecide(until: $0) },
                            pauses: { scheduler.pause($0) })
                        return Task.isCancelled ? nil : "the lease was lost to somebody else, or to silence"
                    }
                } else {
                    scheduler.lead()
                }
                let failure = await group.next() ?? nil
                group.cancelAll()
                return failure
            }
        }
        withExtendedLifetime(endpoint) {}
        if let failure = failure ?? nil { throw CommandFailure(.outsideWorld, failure) }
    }

    private func scheduler(
        _ client: APIClient, _ configuration: WrittenConfiguration, _ options: SchedulerOptions, _ log: Log,
        _ metrics: Metrics
    ) throws(CommandFailure) -> Scheduler {
        do {
            return try Scheduler(
                client: client, configuration: configuration, options: options, log: log, metrics: metrics)
        } catch {
            throw CommandFailure(.outsideWorld, "--record: \(error)")
        }
    }

    private func endpoint(_ scheduler: Scheduler, _ metrics: Metrics) throws(CommandFailure) -> HTTPEndpoint?
    {
        guard let address = arguments.value("listen-address"), address != "none" else { return nil }
        do {
            return try HTTPEndpoint(address: address) { path in
                switch path {
                case "/metrics": .init(200, metrics.text, type: "text/plain; version=0.0.4; charset=utf-8")
                case "/healthz", "/livez":
                    scheduler.isAlive
                        ? .init(200, "ok\n") : .init(500, "the task that decides does not go on\n")
                case "/readyz":
                    scheduler.isSynced ? .init(200, "ok\n") : .init(503, "the cluster is not known yet\n")
                default: nil
                }
            }
        } catch {
            throw CommandFailure(
                error.isMisspelt ? .badInput : .outsideWorld, "--listen-address: \(error)")
        }
    }

    private var lease: LeaderElector.Lease {
        var lease = LeaderElector.Lease()
        lease.namespace = arguments.value("leader-elect-resource-namespace") ?? lease.namespace
        lease.name = arguments.value("leader-elect-resource-name") ?? lease.name
        return lease
    }

    private func elector(_ client: APIClient, _ log: Log) -> LeaderElector {
        let identity = "\(Process.hostName)_\(String(UInt64.random(in: .min ... .max), radix: 16))"
        return LeaderElector(client: client, lease: lease, identity: identity, log: log)
    }

    private func schedulerOptions() throws(CommandFailure) -> SchedulerOptions {
        var options = SchedulerOptions()
        let names = arguments.values("scheduler-name") + arguments.values("shadow-of")
        if !names.isEmpty { options.schedulerNames = Set(names) }
        let period = try duration("schedule-period")
        guard period > .zero else {
            throw CommandFailure(.badInput, "--schedule-period: found \"0\", expected a time above zero")
        }
        options.timing = LoopTiming(
            schedulePeriod: max(
                1, period.components.seconds * 1_000 + period.components.attoseconds / 1_000_000_000_000_000))
        options.gangBindFailurePolicy =
            arguments.value("gang-bind-failure-policy").flatMap(SchedulerOptions.BindFailurePolicy.init)
            ?? .retry
        let repair = try duration("gang-repair-timeout")
        options.gangRepairTimeout = repair == .zero ? nil : repair
        let compare = try duration("cache-compare-period")
        options.comparePeriod = compare == .zero ? nil : compare
        if arguments.value("leader-elect") == "true", !isShadow {
            let lease = lease
            options.lease = ObjectKey(namespace: lease.namespace, name: lease.name)
        }
        if isShadow { options.shadowPatience = try duration("shadow-patience") }
        options.program = Program.version
        options.recording = try recording()
        return options
    }

    private var isShadow: Bool { arguments.flag("shadow") || arguments.isGiven("shadow-of") }

    private func recording() throws(CommandFailure) -> Recorder.Options? {
        guard let path = arguments.value("record") else { return nil }
        let text = arguments.value("record-limit") ?? ""
        guard let limit = try? Quantity.units(text), limit >= 0 else {
            throw CommandFailure(
                .badInput, "--record-limit: found \"\(text)\", expected a size such as 512Mi or 2Gi")
        }
        return Recorder.Options(path: path, limit: limit == 0 ? nil : limit)
    }

    private func duration(_ name: String) throws(CommandFailure) -> Duration {
        let text = arguments.value(name) ?? ""
        guard let duration = Duration(go: text), duration >= .zero else {
            throw CommandFailure(
                .badInput, "--\(name): found \"\(text)\", expected a duration such as 1s, 500ms or 10m")
        }
        return duration
    }

    private func client(_ options: SchedulerOptions) throws(CommandFailure) -> APIClient {
        var connection = try ClusterConnection(arguments, environment: environment)
        connection.configuration.transport.maximumConnections = options.bindConcurrency
        connection.limits.queriesPerSecond = arguments.value("kube-api-qps").flatMap(Double.init)
        connection.limits.burst =
            arguments.value("kube-api-burst").flatMap { Int($0) } ?? connection.limits.burst
        connection.limits.allowsWrites = options.shadowPatience == nil
        return try connection.client()
    }
}

/// The process as a place where something runs until it is told to stop.
enum Process {
    /// The machine's, or the pod's, name.
    static var hostName: String {
        var name = [UInt8](repeating: 0, count: 256)
        let isKnown = name.withUnsafeMutableBytes { buffer in
            guard let first = buffer.baseAddress else { return false }
            return gethostname(first.assumingMemoryBound(to: CChar.self), buffer.count - 1) == 0
        }
        return isKnown ? String(decoding: name.prefix { $0 != 0 }, as: UTF8.self) : "unknown"
    }

    /// Runs something until it ends; SIGTERM or SIGINT cancel it, a second SIGINT ends the process at once.
    static func runUntilStopped<Result: Sendable>(_ work: @escaping @Sendable () async -> Result) -> Result? {
        let done = DispatchSemaphore(value: 0)
        let result = Mutex<Result?>(nil)
        let task = Task.detached {
            let value = await work()
            result.withLock { $0 = value }
            done.signal()
        }
        let sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if task.isCancelled, number == SIGINT { _exit(ExitCode.done.rawValue) }
                task.cancel()
            }
            source.resume()
            return source
        }
        done.wait()
        for source in sources { source.cancel() }
        return result.withLock { $0 }
    }
}
