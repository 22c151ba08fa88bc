import ClusterModel
import Testing

@Suite("Gangs of one name are told apart by their APIs") struct GangNameTests {
    @Test(
        "names and their text",
        arguments: [
            (GangName.volcano("train"), "train"), (.schedulerPlugins("train"), "scheduling.x-k8s.io/train"),
            (.formerSchedulerPlugins("train"), "scheduling.sigs.k8s.io/train"),
            (.kubernetes("train"), "scheduling.k8s.io/train"),
            (.workload("train", podGroup: "workers", replica: ""), "workload/train/workers"),
            (.workload("train", podGroup: "workers", replica: "0"), "workload/train/workers/0"),
        ])
    func text(name: GangName, text: String) {
        #expect(name.text == text)
        #expect(GangName(text) == name)
        #expect(GangName.isQualified(text) == (name != .volcano("train")))
    }

    @Test("other text with slashes is no name", arguments: ["apps/train", "workload/train", "a/b/c/d/e"])
    func strange(text: String) { #expect(GangName(text) == nil) }
}
