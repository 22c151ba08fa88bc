import Documents
import Foundation
import Testing

/// How far a gang's bindings had come when their scheduler was killed.
struct Moment: Sendable, CustomTestStringConvertible {
    /// How many bindings the API server has made.
    let made: Int
    /// Whether the scheduler has heard of those.
    let isHeard: Bool

    var testDescription: String { "\(made) made, \(isHeard ? "heard of" : "not heard of")" }

    /// Every moment in the life of the bindings of a gang.
    static func all(of size: Int) -> [Moment] {
        [Moment(made: 0, isHeard: false)]
            + (1...size).flatMap { [Moment(made: $0, isHeard: false), Moment(made: $0, isHeard: true)] }
    }
}

@Suite(
    "a scheduler that is killed at any step of a gang's commit leaves nothing that the next one cannot mend",
    .enabled(if: isEndToEnd, "needs a control plane: run make e2e"))
struct CommitCrashTests {
    /// Kills a scheduler when as many of a gang's four bindings have been made; statuses wait, so that none is written.
    private func crash(at moment: Moment, _ plane: ControlPlane, _ cluster: Cluster) async throws {
        let proxy = try FaultProxy(plane)
        let (unheard, unsent, statuses) = (Hold(), Hold(), Hold())
        if moment.isHeard {
            proxy.add(["POST", "/binding"], skip: moment.made, .hold(unsent))
        } else {
            proxy.add(["POST", "/binding"], times: moment.made, .holdAnswer(unheard))
            proxy.add(["POST", "/binding"], .hold(unsent))
        }
        proxy.add(["PATCH"], .hold(statuses))
        proxy.add(["POST", "/events"], .hold(statuses))
        try await cluster.addGang("gang", 4)
        let first = try SchedulerProcess(plane, through: proxy, name: "first", ["--leader-elect", "false"])
        try await cluster.wait("bindings are where they should be") {
            let made = try await cluster.onNodes()["gang"] ?? 0
            return made == moment.made && unsent.waiting == 4 - moment.made
                && unheard.waiting == (moment.isHeard ? 0 : moment.made)
        }
        if moment.isHeard, moment.made == 4 {
            try await cluster.wait("statuses wait") { statuses.waiting > 0 }
        }
        try await first.kill9()
        // What was on its way is lost with the process.
        proxy.clear()
        #expect(try await cluster.onNodes()["gang"] ?? 0 == moment.made)
    }

    @Test("the next one makes the gang whole", arguments: Moment.all(of: 4))
    func completes(moment: Moment) async throws {
        try await onCluster { plane, cluster in
            try await crash(at: moment, plane, cluster)
            let second = try SchedulerProcess(plane, name: "second", ["--leader-elect", "false"])
            try await cluster.expectWhole(["gang": 4])
            try await cluster.wait("its object says so") {
                try await cluster.podGroup("gang")["status"]?["running"]?.integer == 4
            }
            #expect(second.isRunning)
        }
    }

    @Test(
        "where others have taken the places that are left, the next one gives the others back",
        arguments: [1, 2, 3])
    func releases(made: Int) async throws {
        try await onCluster(restores: true) { plane, cluster in
            try await crash(at: Moment(made: made, isHeard: true), plane, cluster)
            let taken = Set(try await cluster.pods().map(\.node))
            for node in try await cluster.allocatable().keys where !taken.contains(node) {
                try await cluster.addPod("other-\(node)", gpus: 8, scheduler: "other", node: node)
            }
            let second = try SchedulerProcess(
                plane, name: "second", ["--leader-elect", "false", "--gang-repair-timeout", "2s"])
            try await cluster.wait("it gives its places back") {
                try await cluster.onNodes()["gang"] == nil
            }
            try await cluster.expectIntact()
            for pod in try await cluster.pods() where pod.name.hasPrefix("other") {
                try await cluster.deletePod(pod.name)
            }
            try await cluster.expectWhole(["gang": 4])
            #expect(second.isRunning)
        }
    }

    @Test("the next one leaves room for bindings of the killed one that arrive late") func late()
        async throws
    {
        try await onCluster(nodes: 8) { plane, cluster in
            let proxy = try FaultProxy(plane)
            let hold = Hold()
            proxy.add(["POST", "/binding"], skip: 2, .hold(hold))
            try await cluster.addGang("gang", 4)
            let first = try SchedulerProcess(
                plane, through: proxy, name: "first", ["--leader-elect", "false"])
            try await cluster.wait("two bindings wait") {
                let made = try await cluster.onNodes()["gang"]
                return hold.waiting == 2 && made == 2
            }
            try await first.kill9()
            let second = try SchedulerProcess(plane, name: "second", ["--leader-elect", "false"])
            try await cluster.wait("the gang is whole") { try await cluster.onNodes()["gang"] == 4 }
            // The API server refuses what comes for pods that are bound.
            hold.release()
            try await cluster.addGang("next", 4)
            try await cluster.expectWhole(["gang": 4, "next": 4])
            #expect(second.isRunning)
        }
    }
}
