import Foundation
import KubernetesClient
import Testing

/// Runs a test on a control plane with storage that behaves as told.
private func onStorage(
    nodes: Int = 4, _ answer: @escaping @Sendable (String, String) -> HollowStorage.Answer,
    _ body: (ControlPlane, Cluster, HollowStorage) async throws -> Void
) async throws {
    try await onCluster(nodes: nodes, spoils: true) { plane, cluster in
        try await cluster.addStorageClass("made", provisioner: "csi.example.com")
        try await cluster.addStorageClass("local")
        let storage = HollowStorage(cluster, answer)
        let acting = Task { await storage.run() }
        defer { acting.cancel() }
        try await body(plane, cluster, storage)
    }
}

extension Cluster {
    /// A gang of pods on nodes of their own, each with a claim `data-0` and so on whose volume is to be made.
    fileprivate func addGangWithClaims(_ size: Int) async throws {
        for index in 0..<size { try await addClaim("data-\(index)", of: "made") }
        try await addGang("gang", size) { ["data-\($0)"] }
    }
}

@Suite(
    "gangwright run with volumes that wait for their first pod",
    .enabled(if: isEndToEnd, "needs a control plane: run make e2e"), .serialized)
struct LiveVolumeTests {
    /// A configuration under which volumes may take so many seconds.
    private func configuration(_ plane: ControlPlane, seconds: Int) throws -> [String] {
        let file = plane.folder + "/scheduler.conf"
        try """
        compatibility: gangwright
        actions: "allocate"
        tiers:
        - plugins:
          - name: gang
        - plugins:
          - name: predicates
            arguments:
              volumebinding.bindTimeoutSeconds: \(seconds)
        """.write(toFile: file, atomically: true, encoding: .utf8)
        return ["--config", file]
    }

    @Test("no pod of a gang is bound before all of its volumes have been made") func made() async throws {
        try await onStorage({ claim, _ in claim == "data-0" ? .make : .ignore }) { plane, cluster, storage in
            try await cluster.addGangWithClaims(2)
            let scheduler = try SchedulerProcess(plane)
            try await cluster.wait("one of the claims is bound, the other one asked for") {
                let claims = try await cluster.shownClaims()
                return claims[0].phase == "Bound" && !claims[1].node.isEmpty
            }
            try await Task.sleep(for: .seconds(2))
            #expect(try await cluster.places() == [:])
            storage.answer { _, _ in .make }
            try await cluster.wait("the gang runs") { try await cluster.onNodes() == ["gang": 2] }
            let places = try await cluster.places()
            for index in 0..<2 {
                #expect(try await cluster.claim("data-\(index)")?.node == places["gang-\(index)"])
            }
            #expect(scheduler.log.contains("a gang has its volumes"))
        }
    }

    @Test("a provisioner that gives up on a node sends the whole gang elsewhere") func refused() async throws
    {
        try await onStorage({ _, node in node == "node-0" ? .refuse : .make }) { plane, cluster, storage in
            try await cluster.addGangWithClaims(2)
            let scheduler = try SchedulerProcess(plane)
            try await cluster.wait("the gang runs") { try await cluster.onNodes() == ["gang": 2] }
            #expect(storage.requests.contains { $0.hasSuffix("node-0") })
            #expect(try await !cluster.places().values.contains("node-0"))
            #expect(scheduler.log.contains("gave up to make a volume for node node-0"))
            try await cluster.wait("an event tells of it") {
                let events = try await cluster.events(of: "gang-0") + cluster.events(of: "gang-1")
                return events.contains("FailedBinding")
            }
        }
    }

    @Test("a volume that comes out of reach of its pod takes the gang to where it is") func misplaced()
        async throws
    {
        try await onStorage({ claim, node in
            claim == "data-1" && !node.hasPrefix("made") ? .misplace("node-3") : .make
        }) { plane, cluster, _ in
            try await cluster.addGangWithClaims(2)
            let scheduler = try SchedulerProcess(plane)
            try await cluster.wait("the gang runs") { try await cluster.onNodes() == ["gang": 2] }
            #expect(try await cluster.places()["gang-1"] == "node-3")
            #expect(scheduler.log.contains("made-for-data-1 is not within reach of node"))
        }
    }

    @Test("volumes that are there are taken, each by one pod of the gang, on its node") func local()
        async throws
    {
        try await onStorage({ _, _ in .make }) { plane, cluster, _ in
            for node in ["node-1", "node-3"] {
                try await cluster.addVolume("disk-of-\(node)", of: "local", on: node)
            }
            for index in 0..<2 { try await cluster.addClaim("data-\(index)", of: "local") }
            try await cluster.addGang("gang", 2) { ["data-\($0)"] }
            let scheduler = try SchedulerProcess(plane)
            try await cluster.wait("the gang runs") { try await cluster.onNodes() == ["gang": 2] }
            let places = try await cluster.places()
            for index in 0..<2 {
                let volume = try await cluster.claim("data-\(index)")?.volume
                #expect(volume == places["gang-\(index)"].map { "disk-of-\($0)" })
            }
            #expect(try await cluster.shownVolumes().allSatisfy { $0.isBoundByController })
            withExtendedLifetime(scheduler) {}
        }
    }

    @Test("a claim that pods on several nodes share is asked for once") func shared() async throws {
        try await onStorage({ _, _ in .make }) { plane, cluster, storage in
            try await cluster.addClaim("data", of: "made", mode: "ReadWriteMany")
            try await cluster.addGang("gang", 3) { _ in ["data"] }
            let scheduler = try SchedulerProcess(plane)
            try await cluster.wait("the gang runs") { try await cluster.onNodes() == ["gang": 3] }
            #expect(storage.requests.count == 1)
            withExtendedLifetime(scheduler) {}
        }
    }

    @Test("what does not come in time is taken back, and tried again") func timeout() async throws {
        try await onStorage({ _, _ in .ignore }) { plane, cluster, storage in
            try await cluster.addVolume("disk", of: "local", on: "node-1")
            try await cluster.addClaim("data-0", of: "local")
            try await cluster.addClaim("data-1", of: "made")
            try await cluster.addGang("gang", 2) { ["data-\($0)"] }
            let scheduler = try SchedulerProcess(plane, try configuration(plane, seconds: 3))
            try await cluster.wait("both are asked for") { try await cluster.areBothAskedFor() }
            try await cluster.wait("both are taken back") {
                let (disk, node) = (try await cluster.volume("disk"), try await cluster.claim("data-1")?.node)
                return disk?.claim == "" && disk?.isBoundByController == false && node == ""
            }
            #expect(try await cluster.places() == [:])
            #expect(scheduler.log.contains("it did not get its volume in time"))
            storage.answer { _, _ in .make }
            // The only disk is on a node that is left alone for a minute.
            try await cluster.wait("the gang runs", atMost: 90) {
                try await cluster.onNodes() == ["gang": 2]
            }
        }
    }

    @Test("a process that is killed while a gang waits leaves it to the next one") func killed() async throws
    {
        try await onStorage({ _, _ in .ignore }) { plane, cluster, storage in
            try await cluster.addVolume("disk", of: "local", on: "node-1")
            try await cluster.addClaim("data-0", of: "local")
            try await cluster.addClaim("data-1", of: "made")
            try await cluster.addGang("gang", 2) { ["data-\($0)"] }
            let first = try SchedulerProcess(plane, name: "first", ["--leader-elect", "false"])
            try await cluster.wait("both are asked for") { try await cluster.areBothAskedFor() }
            let node = try await cluster.claim("data-1")?.node
            first.signal(SIGKILL)
            // Nodes that a scheduler without memory would rather take.
            try await cluster.addNodes(2, prefix: "a")
            let second = try SchedulerProcess(plane, name: "second", ["--leader-elect", "false"])
            try await cluster.wait("the second one waits for them") {
                second.log.contains("a gang waits for its volumes")
            }
            #expect(try await cluster.places() == [:])
            storage.answer { _, _ in .make }
            try await cluster.wait("the gang runs") { try await cluster.onNodes() == ["gang": 2] }
            #expect(try await cluster.places() == ["gang-0": "node-1", "gang-1": node])
        }
    }

    @Test("a pause holds the bindings of a gang whose volumes have come") func paused() async throws {
        try await onStorage({ _, _ in .ignore }) { plane, cluster, storage in
            try await cluster.addGangWithClaims(1)
            let scheduler = try SchedulerProcess(plane)
            try await cluster.wait("its volume is asked for") {
                try await cluster.claim("data-0")?.node.isEmpty == false
            }
            try await cluster.pause("true")
            try await cluster.wait("it is paused") { scheduler.log.contains("warning paused") }
            storage.answer { _, _ in .make }
            try await cluster.wait("its volume is there") {
                try await cluster.claim("data-0")?.phase == "Bound"
            }
            try await Task.sleep(for: .seconds(2))
            #expect(try await cluster.places() == [:])
            try await cluster.pause("false")
            try await cluster.wait("the gang runs") { try await cluster.onNodes() == ["gang": 1] }
        }
    }
}

extension Cluster {
    /// Whether `data-0` is to take the volume `disk`, and a volume is to be made for `data-1`.
    fileprivate func areBothAskedFor() async throws -> Bool {
        let (first, second) = (try await claim("data-0"), try await claim("data-1"))
        let disk = try await volume("disk")
        return disk?.claim == first?.uid && second?.node.isEmpty == false
    }

    fileprivate func pause(_ value: String) async throws {
        let patch = "{\"metadata\":{\"annotations\":{\"gangwright.io/paused\":\"\(value)\"}}}"
        let leases = GroupVersionResource(group: "coordination.k8s.io", version: "v1", resource: "leases")
        _ = try await client.patch(
            leases, namespace: "gangwright-system", name: "gangwright", .merge, body: Array(patch.utf8))
    }
}
