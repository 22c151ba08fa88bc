import ClusterModel
import Documents
import KubernetesAPI
import Testing

@Suite("Objects become changes, whatever their order") struct LiveClusterTests {
    private func pod(_ name: String, owner: String? = nil, priorityClass: String = "", priority: Int32? = nil)
        -> Pod
    {
        var pod = Pod(key: ObjectKey(namespace: "ns", name: name), uid: name, created: nil)
        pod.priorityClassName = priorityClass
        pod.priority = priority
        if let owner {
            pod.owners = [
                OwnerReference(
                    apiVersion: "amlarc.azureml.com/v1alpha1", kind: "AmlJob", name: owner, uid: "",
                    isController: true)
            ]
        }
        return pod
    }

    private func pods(_ changes: [ClusterChange]) -> [Pod] {
        changes.compactMap { if case .pod(let pod) = $0 { pod } else { nil } }
    }

    @Test("a pod that an AmlJob owns is of that gang, before and after the job is heard of") func owner() {
        var live = LiveCluster()
        #expect(pods(live.changed(.pod(pod("a", owner: "job")))).map(\.podGroup) == ["job"])
        let group = PodGroup(key: ObjectKey(namespace: "ns", name: "job"), minMember: 2, origin: .amlJob)
        #expect(live.changed(.amlJob(group)) == [.podGroup(group)])
    }

    @Test("a PodGroup says more than an AmlJob of its name, which takes over once it is gone") func sameName()
    {
        var live = LiveCluster()
        let key = ObjectKey(namespace: "ns", name: "job")
        let job = PodGroup(key: key, minMember: 2, origin: .amlJob)
        let group = PodGroup(key: key, minMember: 3)
        _ = live.changed(.amlJob(job))
        #expect(live.changed(.podGroup(group)) == [.podGroup(group)])
        #expect(live.changed(.amlJob(job)) == [])
        #expect(live.removed(.podGroup, key) == [.podGroup(job)])
        #expect(live.removed(.amlJob, key) == [.podGroupRemoved(key)])
    }

    @Test("pods without a number follow their class as it comes, changes and goes") func priorities() {
        var live = LiveCluster()
        #expect(pods(live.changed(.pod(pod("a", priorityClass: "high")))).map(\.priority) == [nil])
        _ = live.changed(.pod(pod("b", priorityClass: "high", priority: 7)))
        let high = PriorityClass(name: "high", value: 100)
        #expect(pods(live.changed(.priorityClass(high))).map(\.priority) == [100])
        #expect(
            pods(live.removed(.priorityClass, ObjectKey(namespace: "", name: "high"))).map(\.priority) == [
                nil
            ])
        _ = live.removed(.pod, ObjectKey(namespace: "ns", name: "a"))
        #expect(pods(live.changed(.priorityClass(high))).isEmpty)
    }

    @Test("an object is read by its kind, which lists do not repeat; a broken one is told") func reading()
        throws
    {
        func read(_ text: String, _ kind: ObjectKind) throws -> (ClusterObject?, [Problem]) {
            let sink = ProblemSink()
            let value = try #require(
                DocumentParser.parseJSON(Array(text.utf8), file: "watch").documents.first)
            return (ClusterObject.read(value, kind: kind, sink: sink)?.object, sink.problems)
        }
        let (queue, none) = try read(#"{"metadata":{"name":"q"},"spec":{"weight":3}}"#, .queue)
        #expect(queue == .queue(Queue(name: "q", weight: 3)))
        #expect(none.isEmpty)
        let (broken, problems) = try read(#"{"metadata":{"name":"q"},"spec":{"weight":"x"}}"#, .queue)
        #expect(broken == nil)
        #expect(problems.map(\.field) == ["spec.weight"])
    }

    @Test("every kind has the path that the API gives it") func paths() {
        let paths = Set(ObjectKind.allCases.map { "\($0.group)/\($0.plural)" })
        #expect(paths.count == ObjectKind.allCases.count)
        #expect(Set(ObjectKind.allCases.map(\.qualifiedName)).count == ObjectKind.allCases.count)
        #expect(ObjectKind.kubernetesPodGroup.plural == "podgroups")
        #expect(ObjectKind.kubernetesPodGroup.versions == ["v1beta1", "v1alpha3", "v1alpha2"])
        #expect(ObjectKind.priorityClass.plural == "priorityclasses")
        #expect(ObjectKind.csiStorageCapacity.plural == "csistoragecapacities")
        #expect(ObjectKind.podDisruptionBudget.plural == "poddisruptionbudgets")
    }
}
