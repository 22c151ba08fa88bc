import ClusterModel
import KubernetesAPI
import Testing

@Suite("Gangs of other APIs follow their objects and pods, in any order") struct QualifiedLiveGangTests {
    private func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "ns", name: name) }

    private func pod(
        _ name: String, of gang: GangName?, priority: Int32? = nil, class priorityClass: String = "",
        queue: String = ""
    ) -> Pod {
        var pod = Pod(key: key(name))
        pod.podGroup = gang?.text
        pod.priority = priority
        pod.priorityClassName = priorityClass
        if !queue.isEmpty { pod.labels = ["volcano.sh/queue-name": queue] }
        return pod
    }

    private func group(_ minimum: Int, queue: String = "", priority: Int32? = nil) -> PodGroup {
        PodGroup(
            key: key("scheduling.k8s.io/g"), queue: queue, minMember: minimum, priority: priority,
            origin: .kubernetes)
    }

    private let workers = Workload(
        key: ObjectKey(namespace: "ns", name: "train"), parts: [.init(name: "workers", minCount: 2)])

    private func replica(_ number: Int) -> GangName {
        .workload("train", podGroup: "workers", replica: "\(number)")
    }

    /// The gangs that changes make, by name, with their minimum; nil for those that are gone.
    private func gangs(_ changes: [ClusterChange]) -> [String: Int?] {
        var gangs: [String: Int?] = [:]
        for change in changes {
            switch change {
            case .podGroup(let group): gangs[group.key.name] = .some(group.minMember)
            case .podGroupRemoved(let key): gangs[key.name] = .some(nil)
            default: break
            }
        }
        return gangs
    }

    @Test("a group comes, changes and goes; one that says the same is nothing new") func group() {
        var live = LiveCluster()
        #expect(gangs(live.changed(.qualifiedPodGroup(group(2)))) == ["scheduling.k8s.io/g": 2])
        #expect(live.changed(.qualifiedPodGroup(group(2))) == [])
        #expect(gangs(live.changed(.qualifiedPodGroup(group(3)))) == ["scheduling.k8s.io/g": 3])
        // One of another API is another one.
        #expect(live.removed(.schedulerPluginsPodGroup, key("g")) == [])
        #expect(live.removed(.podGroup, key("g")) == [.podGroupRemoved(key("g"))])
        #expect(gangs(live.removed(.kubernetesPodGroup, key("g"))) == ["scheduling.k8s.io/g": nil])
        #expect(live.removed(.kubernetesPodGroup, key("g")) == [])
    }

    @Test("each kind's removal is that of its own gang") func removal() {
        let kinds: [(ObjectKind, GangName)] = [
            (.schedulerPluginsPodGroup, .schedulerPlugins("g")),
            (.formerSchedulerPluginsPodGroup, .formerSchedulerPlugins("g")),
            (.kubernetesPodGroup, .kubernetes("g")),
        ]
        var live = LiveCluster()
        for (_, name) in kinds {
            _ = live.changed(.qualifiedPodGroup(PodGroup(key: key(name.text), origin: .schedulerPlugins)))
        }
        for (kind, name) in kinds {
            #expect(live.removed(kind, key("g")) == [.podGroupRemoved(key(name.text))])
        }
    }

    @Test("a Workload's gangs are those that pods name, whichever comes first") func workload() {
        var live = LiveCluster()
        #expect(gangs(live.changed(.pod(pod("a", of: replica(0))))) == [:])
        #expect(gangs(live.changed(.workload(workers))) == ["workload/train/workers/0": 2])
        #expect(gangs(live.changed(.pod(pod("b", of: replica(0))))) == [:])
        #expect(gangs(live.changed(.pod(pod("c", of: replica(1))))) == ["workload/train/workers/1": 2])
        var larger = workers
        larger.parts[0].minCount = 3
        #expect(
            gangs(live.changed(.workload(larger))) == [
                "workload/train/workers/0": 3, "workload/train/workers/1": 3,
            ])
        #expect(gangs(live.removed(.pod, key("c"))) == ["workload/train/workers/1": nil])
        #expect(gangs(live.removed(.pod, key("a"))) == [:])
        #expect(gangs(live.removed(.workload, key("train"))) == ["workload/train/workers/0": nil])
        #expect(gangs(live.changed(.workload(workers))) == ["workload/train/workers/0": 2])
    }

    @Test("a part that a Workload loses takes its gangs with it") func lostPart() {
        var live = LiveCluster()
        _ = live.changed(.workload(workers))
        _ = live.changed(.pod(pod("a", of: replica(0))))
        var empty = workers
        empty.parts = []
        #expect(gangs(live.changed(.workload(empty))) == ["workload/train/workers/0": nil])
    }

    @Test("a pod that comes again under its name leaves the gang that it was in") func recreated() {
        var live = LiveCluster()
        _ = live.changed(.workload(workers))
        _ = live.changed(.pod(pod("a", of: replica(0))))
        #expect(
            gangs(live.changed(.pod(pod("a", of: replica(1))))) == [
                "workload/train/workers/0": nil, "workload/train/workers/1": 2,
            ])
        #expect(gangs(live.changed(.pod(pod("a", of: nil)))) == ["workload/train/workers/1": nil])
    }

    @Test("queue and priority are the group's, or else follow the pods as they come and go") func fromPods() {
        func told(_ changes: [ClusterChange]) -> [String] {
            changes.compactMap {
                guard case .podGroup(let group) = $0 else { return nil }
                return "\(group.queue) \(group.priority.map { "\($0)" } ?? "none")"
            }
        }
        var live = LiveCluster()
        let gang = GangName.kubernetes("g")
        #expect(told(live.changed(.pod(pod("a", of: gang, priority: 3, queue: "red")))) == [])
        #expect(told(live.changed(.qualifiedPodGroup(group(2)))) == ["red 3"])
        #expect(told(live.changed(.pod(pod("b", of: gang, priority: 5, queue: "blue")))) == ["blue 5"])
        #expect(told(live.changed(.pod(pod("c", of: gang, priority: 5, queue: "blue")))) == [])
        #expect(told(live.removed(.pod, key("b"))) == [])
        #expect(told(live.removed(.pod, key("c"))) == ["red 3"])
        #expect(told(live.changed(.qualifiedPodGroup(group(2, queue: "own", priority: 1)))) == ["own 1"])
        #expect(told(live.removed(.pod, key("a"))) == [])
        #expect(told(live.changed(.qualifiedPodGroup(group(2)))) == ["default none"])
        // The number of a pod's class comes late.
        #expect(told(live.changed(.pod(pod("d", of: gang, class: "high")))) == [])
        let high = PriorityClass(name: "high", value: 100)
        #expect(told(live.changed(.priorityClass(high))) == ["default 100"])
        #expect(
            told(live.removed(.priorityClass, ObjectKey(namespace: "", name: "high"))) == ["default none"])
    }
}
