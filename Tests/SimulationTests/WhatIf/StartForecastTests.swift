import ClusterModel
import SchedulingLoop
import SchedulingPolicy
import Simulation
import TestSupport
import Testing

@Suite("When a job starts is seen in virtual time") struct StartForecastTests {
    private static func key(_ name: String) -> ObjectKey { ObjectKey(namespace: testNamespace, name: name) }

    private static func forecast(
        _ job: String, _ snapshot: ClusterSnapshot, assuming hours: Int64? = nil
    ) throws -> StartForecast? {
        let surroundings = WhatIfRun.Surroundings(
            configuration: .default, now: LoopTime(.second(3_600)))
        return try StartForecast(
            of: key(job), in: snapshot, surroundings, assuming: hours.map { $0 * 3_600_000 })
    }

    /// One node of ten cores: a pod that has run for one hour of its two, two gangs that each need the node for an hour.
    private static var queue: ClusterSnapshot {
        let hour = ["gangwright.io/run-time": "1h"]
        let running = Pod.waiting("now", 10_000).running(on: "a").with {
            $0.started = .second(0)
            $0.annotations = ["gangwright.io/run-time": "2h"]
        }
        let first = Pod.members(of: "first", 2, asking: [.cpu: 5_000])
        let second = Pod.members(of: "second", 1, asking: [.cpu: 6_000])
        return ClusterSnapshot(
            nodes: [.of("a")], pods: [running] + first + second,
            podGroups: [
                PodGroup.gang("second", min: 1).with {
                    $0.created = .second(20)
                    $0.annotations = hour
                },
                PodGroup.gang("first", min: 2).with {
                    $0.created = .second(10)
                    $0.annotations = hour
                },
            ])
    }

    /// Within a minute: bindings and cycles take their time.
    private static func isAbout(_ answer: StartForecast.Answer?, hours: Int64) -> Bool {
        guard case .starts(let milliseconds) = answer else { return false }
        return (0..<60_000).contains(milliseconds - hours * 3_600_000)
    }

    @Test("jobs start one after the other, as those before them end") func order() throws {
        let first = try Self.forecast("first", Self.queue)
        #expect(Self.isAbout(first?.answer, hours: 1) && first?.ahead == [])
        let second = try Self.forecast("second", Self.queue)
        #expect(Self.isAbout(second?.answer, hours: 2), "\(String(describing: second?.answer))")
        #expect(second?.ahead.map(\.key) == [Self.key("first")])
        #expect(second?.runTimes.running.stated == 1 && second?.runTimes.waiting.stated == 3)
        let running = try Self.forecast("now", Self.queue)
        #expect(running?.answer == .runs)
        let nobody = try Self.forecast("nobody", Self.queue)
        #expect(nobody == nil)
    }

    @Test("a job that has room starts at once, one that has none never does, and says why") func extremes()
        throws
    {
        let free = try Self.forecast("first", Self.queue.with { $0.pods.removeFirst() })
        #expect(Self.isAbout(free?.answer, hours: 0))
        let vast = Self.queue.with { $0.pods.append(.waiting("vast", 11_000)) }
        let never = try Self.forecast("vast", vast)
        #expect(never?.answer == .never)
        #expect(never?.holds.map(\.kind).first == .resource)
    }

    @Test("without a run time nobody makes room, with one that is assumed they do") func assumption() throws {
        let silent = Self.queue.with { snapshot in
            for index in snapshot.pods.indices { snapshot.pods[index].annotations = [:] }
            for index in snapshot.podGroups.indices { snapshot.podGroups[index].annotations = [:] }
        }
        let forever = try Self.forecast("first", silent)
        #expect(forever?.answer == .never && forever?.runTimes.running.unknown == 1)
        #expect(forever?.holds.map(\.kind).first == .resource)
        let assumed = try Self.forecast("second", silent, assuming: 4)
        #expect(Self.isAbout(assumed?.answer, hours: 7), "\(String(describing: assumed?.answer))")
    }

    @Test("a job for which others leave starts when they have, and they are none that went before")
    func eviction() throws {
        let low = Pod.members(of: "low", 1, asking: [.cpu: 10_000]).map { pod in
            pod.running(on: "a").with { $0.priority = 0 }
        }
        let high = Pod.members(of: "high", 1, asking: [.cpu: 9_000]).map { pod in
            pod.with { $0.priority = 1_000 }
        }
        let snapshot = ClusterSnapshot(
            nodes: [.of("a")], pods: low + high,
            podGroups: [
                PodGroup.gang("low", min: 1).with { $0.phase = .running },
                PodGroup.gang("high", min: 1).with { $0.priority = 1_000 },
            ])
        let forecast = try Self.forecast("high", snapshot)
        #expect(Self.isAbout(forecast?.answer, hours: 0))
        #expect(forecast?.ahead == [] && forecast?.evictions == 1)
    }

    @Test("the same question has the same answer") func determinism() throws {
        let (one, another) = (
            try Self.forecast("second", Self.queue), try Self.forecast("second", Self.queue)
        )
        #expect(one?.answer == another?.answer && one?.ahead == another?.ahead)
    }
}
