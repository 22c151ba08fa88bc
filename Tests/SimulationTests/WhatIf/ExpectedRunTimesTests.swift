import ClusterModel
import Simulation
import TestSupport
import Testing

@Suite("How much longer pods run is known from several sources") struct ExpectedRunTimesTests {
    private static func key(_ name: String) -> ObjectKey { ObjectKey(namespace: testNamespace, name: name) }

    private static func running(_ name: String, since seconds: Int64, of gang: String? = nil) -> Pod {
        Pod.waiting(name, of: gang).running(on: "a").with { $0.started = .second(seconds) }
    }

    @Test(
        "its own word first, then its deadline, then its gang's word, then what was seen, then what is assumed"
    )
    func order() {
        let annotation = ["gangwright.io/run-time": "1h"]
        let pods = [
            Self.running("says", since: 0, of: "g").with {
                $0.annotations = annotation
                $0.activeDeadlineSeconds = 60
            },
            Self.running("deadline", since: 0, of: "g").with { $0.activeDeadlineSeconds = 7_200 },
            Self.running("member", since: 300, of: "g"), Self.running("like", since: 0),
            Self.running("other", since: 0).with { $0.requests[.cpu] = 1 },
            Pod.waiting("idle").with { $0.requests[.cpu] = 2 },
            Self.running("done", since: 0).with {
                $0.phase = .succeeded
                $0.finished = .second(1_500)
            },
        ]
        let group = PodGroup.gang("g", min: 1).with { $0.annotations = ["gangwright.io/run-time": "20m"] }
        let snapshot = ClusterSnapshot(pods: pods, podGroups: [group])
        let times = ExpectedRunTimes(snapshot, now: .second(600), assuming: 1_000_000)
        #expect(
            times.remaining == [
                Self.key("says"): 3_000_000, Self.key("deadline"): 6_600_000, Self.key("member"): 900_000,
                Self.key("like"): 900_000, Self.key("other"): 400_000, Self.key("idle"): 1_000_000,
            ])
        #expect(times.running.stated == 3 && times.running.observed == 1 && times.running.assumed == 1)
        #expect(times.waiting.assumed == 1 && times.waiting.pods == 1 && times.running.overdue == 0)
        let unknown = ExpectedRunTimes(snapshot, now: .second(600), assuming: nil)
        #expect(unknown.remaining[Self.key("other")] == nil && unknown.running.unknown == 1)
    }

    @Test("a service runs for ever unless it says otherwise") func services() {
        let owner = OwnerReference(apiVersion: "apps/v1", kind: "ReplicaSet", name: "web", isController: true)
        let web = Self.running("web", since: 0).with { $0.owners = [owner] }
        let brief = Self.running("brief", since: 0).with {
            $0.owners = [owner]
            $0.activeDeadlineSeconds = 100
        }
        let times = ExpectedRunTimes(
            ClusterSnapshot(pods: [web, brief]), now: .second(60), assuming: 3_600_000)
        #expect(times.remaining == [Self.key("brief"): 40_000])
        #expect(times.running.services == 1 && times.running.stated == 1 && times.running.pods == 2)
    }

    @Test("what should have ended ends at once, and nonsense says nothing") func overdue() {
        let late = Self.running("late", since: 0).with { $0.activeDeadlineSeconds = 10 }
        let odd = Self.running("odd", since: 0).with { $0.annotations = ["gangwright.io/run-time": "soon"] }
        let times = ExpectedRunTimes(ClusterSnapshot(pods: [late, odd]), now: .second(60), assuming: nil)
        #expect(times.remaining == [Self.key("late"): 0])
        #expect(times.running.overdue == 1 && times.running.unknown == 1)
    }
}
