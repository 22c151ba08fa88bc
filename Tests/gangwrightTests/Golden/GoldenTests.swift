import Foundation
import Testing

@testable import gangwright

/// Whether the stored outputs are to be written instead of compared.
private let isUpdating = ProcessInfo.processInfo.environment["GANGWRIGHT_UPDATE_GOLDEN"] == "1"

/// Each command's output, word for word, is in `Fixtures/expected`, as a session in a terminal would show it.
///
/// After a change that is meant, `GANGWRIGHT_UPDATE_GOLDEN=1 swift test --filter GoldenTests` writes the files anew; the
/// difference then shows, in review, what users will see.
@Suite("Every command prints what it printed before") struct GoldenTests {
    /// A command line and the name of the file that holds what it prints.
    struct Session: CustomTestStringConvertible, Sendable {
        let name: String
        let line: String
        var testDescription: String { line }

        init(_ name: String, _ line: String) {
            self.name = name
            self.line = line
        }
    }

    static let sessions =
        results
        + [("schedule-json", "-o json"), ("schedule-yaml", "-o yaml"), ("schedule-wide", "-o wide")].map {
            Session($0.0, "schedule --cluster cluster \($0.1)")
        }
        + helps

    private static let results = scheduling + planning

    private static let planning = [
        Session("whatif-drain", "whatif --cluster cluster --drain a100-0"),
        Session("whatif-drain-json", "whatif --cluster cluster --drain a100-0 -o json"),
        Session(
            "whatif-drain-budget", "whatif --cluster cluster --drain a100-0 -f changes/budget.yaml -o wide"),
        Session("whatif-remove-pool", "whatif --cluster cluster --remove-node agentpool=cpu -o wide"),
        Session("whatif-add-nodes", "whatif --cluster cluster --add-nodes 2 --like agentpool=a100"),
        Session(
            "whatif-add-written",
            "whatif --cluster cluster --add-nodes 2 --like new:cpu=96,memory=900Gi,nvidia.com/gpu=8,labels.agentpool=h100,name=h100"
        ),
        Session("whatif-end", "whatif --cluster cluster --end train/eval --end segment -n train"),
        Session(
            "whatif-usage-written", "whatif --cluster cluster --fit new:cpu=96,memroy=900Gi"),
        Session(
            "whatif-usage-written-amount", "whatif --cluster cluster --add-nodes 1 --like new:cpu=many"),
        Session(
            "whatif-usage-written-taint",
            "whatif --cluster cluster --add-nodes 1 --like new:cpu=1,taints.sku=gpu:Never"),
        Session("whatif-usage-end", "whatif --cluster cluster --end train/lama"),
        Session(
            "whatif-set",
            "whatif --cluster cluster --set queue/research.weight=4 --set queue/research.capability.nvidia.com/gpu=8"
        ),
        Session("whatif-objects", "whatif --cluster cluster -f changes/objects.yaml --uncordon a100-2"),
        Session(
            "whatif-config",
            "whatif --cluster cluster --config configurations/volcano.conf --with-config configurations/azureml.conf"
        ),
        Session("whatif-nothing", "whatif --cluster cluster --set queue/retired.priority=3"),
        Session("whatif-fit", "whatif --cluster cluster --fit agentpool=a100"),
        Session("whatif-fit-job-json", "whatif --cluster cluster --fit a100-0 --job llama -n train -o json"),
        Session("whatif-fit-file", "whatif --cluster cluster --fit changes/node.yaml --queue default"),
        Session("whatif-fit-none", "whatif --cluster cluster --fit cpu-0 --job fat -n lab"),
        Session("whatif-when", "whatif --cluster cluster --when llama -n train --assume-run-time 4h"),
        Session(
            "whatif-when-change",
            "whatif --cluster cluster --when llama -n train --add-nodes 1 --like a100-0 --assume-run-time 4h -o json"
        ),
        Session("whatif-when-never", "whatif --cluster cluster --when llama -n train"),
        Session("whatif-usage-nothing", "whatif --cluster cluster"),
        Session("whatif-usage-node", "whatif --cluster cluster --drain a100-9"),
        Session("whatif-usage-selector", "whatif --cluster cluster --remove-node =x"),
        Session("whatif-usage-set", "whatif --cluster cluster --set queue/nobody.weight=3 --set node/x"),
        Session("whatif-usage-like", "whatif --cluster cluster --add-nodes 2 --add-nodes 3"),
        Session("whatif-usage-template", "whatif --cluster cluster --fit cluster/nodes.yaml"),
        Session("whatif-usage-job", "whatif --cluster cluster --fit a100-0 --job llama"),
        Session("whatif-usage-queue", "whatif --cluster cluster --drain a100-0 --queue default"),
        Session(
            "whatif-usage-run-time", "whatif --cluster cluster --when llama -n train --assume-run-time 4"),
    ]

    private static let scheduling = [
        Session("schedule-table", "schedule --cluster cluster"),
        Session(
            "schedule-volcano", "schedule --cluster cluster --config configurations/volcano.conf -o wide"),
        Session("schedule-azureml", "schedule --cluster cluster --config configurations/azureml.conf"),
        Session("schedule-scheduler-name", "schedule --cluster cluster --scheduler-name other"),
        Session(
            "schedule-cycles",
            "schedule --cluster cluster --config configurations/volcano.conf --cycles 3 -o json"),
        Session("schedule-locks", "schedule --cluster cluster --config configurations/locking.conf -o json"),
        Session("schedule-require-all", "schedule --cluster cluster --require-all"),
        Session("schedule-nodes-only", "schedule --cluster cluster/nodes.yaml --require-all"),
        Session("schedule-pods-only", "schedule --cluster cluster/pods.yaml"),
        Session("schedule-releasing", "schedule --cluster releasing"),
        Session("schedule-gangs", "schedule --cluster gangs"),
        Session("schedule-gangs-json", "schedule --cluster gangs -o json"),
        Session("explain-job-of-api", "explain job scheduling.k8s.io/rack --cluster gangs"),
        Session("explain-job-of-some-api", "explain job rack --cluster gangs"),
        Session("schedule-broken", "schedule --cluster broken --cluster missing.yaml"),
        Session("schedule-terminal", "schedule --cluster broken/terminal.yaml --cluster cluster/nodes.yaml"),
        Session("explain-job-too-large", "explain job llama --cluster cluster -n train"),
        Session("explain-job-json", "explain job llama --cluster cluster -n train -o json"),
        Session("explain-job-placed", "explain job bert --cluster cluster -n train"),
        Session("explain-job-instance-type", "explain job typo --cluster cluster"),
        Session("explain-job-elsewhere", "explain job llama --cluster cluster"),
        Session("explain-pod-waits", "explain pod fat --cluster cluster -n lab"),
        Session("explain-pod-yaml", "explain pod fat --cluster cluster -n lab -o yaml"),
        Session("explain-pod-running", "explain pod eval-0 --cluster cluster -n train"),
        Session("explain-pod-placed", "explain pod shell --cluster cluster -n lab"),
        Session("explain-pod-gated", "explain pod gated --cluster cluster -n lab"),
        Session("explain-job-unknown", "explain job nobody --cluster cluster"),
        Session("explain-job-no-trials", "explain job llama --cluster cluster -n train --trials 1"),
        Session("explain-pod-of-gang", "explain pod llama-worker-0 --cluster cluster -n train"),
        Session(
            "explain-pod-of-gang-json", "explain pod llama-worker-0 --cluster cluster -n train -o json"),
        Session("explain-jobs", "explain --cluster cluster"),
        Session("explain-jobs-wide", "explain jobs --cluster cluster -o wide"),
        Session("explain-jobs-json", "explain --cluster cluster -o json"),
        Session("explain-jobs-volcano", "explain --cluster cluster --config configurations/volcano.conf"),
        Session("explain-jobs-no-trials", "explain --cluster cluster --trials 0"),
        Session("explain-jobs-none", "explain --cluster cluster/nodes.yaml"),
        Session("capacity-table", "capacity --cluster cluster --gang-size 2 --gang-size 4"),
        Session("capacity-after", "capacity --cluster cluster --gang-size 2 --after --instance-type gpu1"),
        Session("capacity-json", "capacity --cluster cluster --gang-size 4 -o json"),
        Session(
            "capacity-after-extender",
            "capacity --cluster cluster --config configurations/extender.conf --after"),
        Session("capacity-no-nodes", "capacity --cluster cluster/pods.yaml"),
        Session("capacity-unknown-type", "capacity --cluster cluster --instance-type gpu2"),
        Session("config-show", "config show"),
        Session("config-show-json", "config show configurations/volcano.conf -o json"),
        Session("config-check-volcano", "config check configurations/volcano.conf"),
        Session("config-check-azureml", "config check configurations/azureml.conf"),
        Session("config-check-warnings", "config check configurations/warnings.conf"),
        Session("config-check-broken", "config check configurations/broken.conf"),
        Session("config-check-tab", "config check configurations/tab.conf"),
        Session("config-check-evicting", "config check configurations/evicting.conf"),
        Session("config-check-json", "config check configurations/warnings.conf -o json"),
        Session("config-diff", "config diff configurations/azureml.conf configurations/evicting.conf"),
        Session(
            "config-diff-json", "config diff configurations/azureml.conf configurations/volcano.conf -o json"),
        Session("config-diff-equal", "config diff configurations/volcano.conf configurations/volcano.conf"),
        Session("config-diff-broken", "config diff configurations/volcano.conf configurations/tab.conf"),
        Session("config-diff-stdin-twice", "config diff - -"),
        Session("convert-openb", "convert openb --nodes trace/nodes.csv --pods trace/pods.csv"),
        Session(
            "convert-openb-whole",
            "convert openb --nodes trace/nodes.csv --pods trace/pods.csv --gpu-requests wholeOnly -o json"),
        Session("convert-openb-csv", "convert openb --pods trace/pods.csv -o csv --group queue"),
        Session("convert-openb-no-nodes", "convert openb --pods trace/pods.csv"),
        Session("convert-philly", "convert philly trace/philly.csv"),
        Session("convert-philly-broken", "convert philly trace/pods.csv"),
        Session("convert-openb-broken", "convert openb --nodes trace/nodes.csv --pods trace/broken-pods.csv"),
        Session("version", "version"),
        Session("usage-no-words", ""),
        Session("usage-unknown-option", "schedule --cluster cluster --confg x"),
        Session("usage-cycles", "schedule --cluster cluster --cycles none"),
        Session("usage-now", "schedule --cluster cluster --now yesterday"),
        Session("usage-stdin-twice", "schedule --cluster - --config -"),
    ]

    /// The help of every command of the tree.
    private static let helps = Program.root.flattened().map { path in
        let words = path.names.dropFirst()
        return Session("help" + words.map { "-\($0)" }.joined(), (words + ["--help"]).joined(separator: " "))
    }

    @Test("as stored", arguments: sessions) func stored(session: Session) throws {
        let file = Fixtures.folder.appending(path: "expected/\(session.name).txt")
        let actual = Self.transcript(session.line, Fixtures.run(session.line))
        if isUpdating { return try Data(actual.utf8).write(to: file) }
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(Self.firstDifference(expected, actual) == nil, "see expected/\(session.name).txt")
        #expect(expected == actual)
    }

    @Test("no output is stored that nothing prints", .enabled(if: !isUpdating)) func leftovers() throws {
        let files = try FileManager.default.contentsOfDirectory(
            atPath: Fixtures.folder.appending(path: "expected").path(percentEncoded: false))
        #expect(Set(files) == Set(Self.sessions.map { $0.name + ".txt" }))
    }

    /// What a terminal would show, with the two streams kept apart.
    private static func transcript(_ line: String, _ outcome: CommandOutcome) -> String {
        var text = "$ gangwright \(line)\n" + outcome.standardOutput
        if !outcome.standardError.isEmpty { text += "--- standard error\n" + outcome.standardError }
        return text + "--- exit code \(outcome.exitCode.rawValue)\n"
    }

    private static func firstDifference(_ expected: String, _ actual: String) -> String? {
        let expectedLines = expected.split(separator: "\n", omittingEmptySubsequences: false)
        let actualLines = actual.split(separator: "\n", omittingEmptySubsequences: false)
        for index in 0..<max(expectedLines.count, actualLines.count) {
            let (old, new) = (
                index < expectedLines.count ? expectedLines[index] : "(end)",
                index < actualLines.count ? actualLines[index] : "(end)"
            )
            if old != new { return "line \(index + 1): expected \(old)\nfound \(new)" }
        }
        return nil
    }
}
