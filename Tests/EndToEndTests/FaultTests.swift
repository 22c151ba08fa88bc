import Foundation
import KubernetesClient
import Testing

@Suite(
    "gangwright run when the world fails",
    .enabled(if: isEndToEnd, "needs a control plane: run make e2e"))
struct FaultTests {
    @Test("a leader that is killed while it binds leaves no gang in part") func failOver() async throws {
        try await onCluster(nodes: 40) { plane, cluster in
            let first = try SchedulerProcess(plane, name: "first")
            try await cluster.wait("the first one leads") { first.log.contains("info leading") }
            let second = try SchedulerProcess(plane, name: "second")
            for gang in 0..<40 { try await cluster.addGang("g\(gang)", 8, gpus: 1) }
            try await cluster.wait("bindings are under way") { try await !cluster.onNodes().isEmpty }
            first.signal(SIGKILL)
            try await cluster.wait("the second one leads") { second.log.contains("info leading") }
            try await cluster.wait("all gangs run whole") {
                let onNodes = try await cluster.onNodes()
                return onNodes.count == 40 && onNodes.values.allSatisfy { $0 == 8 }
            }
            try await cluster.expectIntact()
        }
    }

    @Test("a process that is killed again and again, and starts again, ends with whole gangs")
    func killed() async throws {
        try await onCluster(nodes: 20) { plane, cluster in
            for gang in 0..<20 { try await cluster.addGang("g\(gang)", 8, gpus: 1) }
            for round in 0..<5 {
                let scheduler = try SchedulerProcess(
                    plane, name: "round-\(round)", ["--leader-elect", "false"])
                try await cluster.wait("it binds") {
                    scheduler.log.contains("the cluster is known")
                }
                // A little later each time, so that it is in the middle of something else.
                try await Task.sleep(for: .milliseconds(5 + 20 * round))
                scheduler.signal(SIGKILL)
            }
            let last = try SchedulerProcess(plane, name: "last", ["--leader-elect", "false"])
            try await cluster.wait("all gangs run whole") {
                let onNodes = try await cluster.onNodes()
                return onNodes.count == 20 && onNodes.values.allSatisfy { $0 == 8 }
            }
            try await cluster.expectIntact()
            withExtendedLifetime(last) {}
        }
    }

    @Test("an API server that is killed and comes back finds the scheduler at work") func server()
        async throws
    {
        try await onCluster { plane, cluster in
            let scheduler = try SchedulerProcess(plane)
            try await cluster.addGang("before", 2)
            try await cluster.wait("it schedules") { try await cluster.onNodes()["before"] == 2 }
            try plane.signal("kube-apiserver", SIGKILL)
            try await Task.sleep(for: .seconds(3))
            try await plane.start()
            // A server that takes long to come back costs the lease: its Deployment starts the scheduler again.
            let again = try SchedulerProcess(plane, name: "again")
            try await cluster.addGang("after", 2)
            try await cluster.wait("it schedules on") {
                try await cluster.onNodes()["after"] == 2
            }
            withExtendedLifetime((scheduler, again)) {}
        }
    }

    @Test("a store that stands still for twenty seconds costs the lease, and nothing else")
    func store() async throws {
        try await onCluster { plane, cluster in
            let scheduler = try SchedulerProcess(plane)
            try await cluster.addGang("before", 2)
            try await cluster.wait("it schedules") { try await cluster.onNodes()["before"] == 2 }
            try plane.signal("etcd", SIGSTOP)
            try await Task.sleep(for: .seconds(20))
            try plane.signal("etcd", SIGCONT)
            try await cluster.wait("the server answers") {
                try await !cluster.pods().isEmpty
            }
            try await cluster.addGang("after", 2)
            // Whoever loses the lease ends, and is started again by its Deployment.
            let again = try SchedulerProcess(plane, name: "again")
            try await cluster.wait("somebody schedules on") {
                try await cluster.onNodes()["after"] == 2
            }
            withExtendedLifetime((scheduler, again)) {}
        }
    }

    @Test("a gang that loses its node's pods is made whole, or gives its places back") func repair()
        async throws
    {
        try await onCluster(nodes: 3) { plane, cluster in
            let scheduler = try SchedulerProcess(plane, ["--gang-repair-timeout", "3s"])
            try await cluster.addGang("gang", 2)
            try await cluster.wait("it runs") { try await cluster.onNodes()["gang"] == 2 }
            // Its controller makes a pod anew.
            try await cluster.deletePod("gang-0")
            try await cluster.addPod("gang-0", gang: "gang", gpus: 8)
            try await cluster.wait("it is whole again") { try await cluster.onNodes()["gang"] == 2 }
            // Nobody makes it anew: the other one holds its place in vain.
            try await cluster.deletePod("gang-0")
            try await cluster.wait("it gives the place back") { try await cluster.onNodes()["gang"] == nil }
            #expect(scheduler.log.contains("a gang gives its places back"))
        }
    }

    @Test("a node that is deleted while gangs are bound to it is no end") func node() async throws {
        try await onCluster(nodes: 6, restores: true) { plane, cluster in
            let scheduler = try SchedulerProcess(plane)
            try await cluster.wait("it leads") { scheduler.log.contains("info leading") }
            for gang in 0..<4 { try await cluster.addGang("g\(gang)", 8, gpus: 1) }
            try await cluster.deleteNode("node-0")
            try await cluster.expectWhole(["g0": 8, "g1": 8, "g2": 8, "g3": 8])
            withExtendedLifetime(scheduler) {}
        }
    }

    @Test("a process without credentials ends with a reason") func credentials() async throws {
        try await onCluster(nodes: 1, spoils: true) { plane, _ in
            let text = try String(contentsOfFile: plane.kubeconfig, encoding: .utf8)
            let broken = text.replacing(/token: "[^"]*"/, with: "token: \"wrong\"")
            try broken.write(toFile: plane.kubeconfig, atomically: true, encoding: .utf8)
            let scheduler = try SchedulerProcess(plane)
            #expect(try await scheduler.wait() == 3)
            #expect(scheduler.log.contains("401 Unauthorized"))
        }
    }
}
