import ClusterModel
import KubernetesAPI
import Testing

@Suite("Label selectors are read, and refused as the API server refuses them") struct LabelSelectorReaderTests
{
    private func selector(_ text: String) -> (selector: LabelSelector?, messages: [String]) {
        let result = read(
            """
            apiVersion: scheduling.volcano.sh/v1beta1
            kind: PodGroup
            metadata: {name: g}
            spec: {subGroupPolicy: [{name: s, labelSelector: \(text)}]}
            """)
        return (result.snapshot.podGroups.first?.subGroupPolicies.first?.labelSelector, result.messages)
    }

    @Test("labels and all operators") func whole() {
        let found = selector(
            """
            {matchLabels: {app: train, empty: null}, matchExpressions: [
              {key: a, operator: In, values: [x, "1"]}, {key: b, operator: NotIn, values: [z]},
              {key: c, operator: Exists}, {key: d, operator: DoesNotExist, values: []}]}
            """)
        #expect(found.messages == [])
        #expect(
            found.selector
                == LabelSelector(
                    matchLabels: ["app": "train", "empty": ""],
                    matchExpressions: [
                        LabelSelectorRequirement(key: "a", operator: .isIn, values: ["x", "1"]),
                        LabelSelectorRequirement(key: "b", operator: .notIn, values: ["z"]),
                        LabelSelectorRequirement(key: "c", operator: .exists),
                        LabelSelectorRequirement(key: "d", operator: .doesNotExist),
                    ]))
    }

    @Test("an empty selector and none are different") func absent() {
        #expect(selector("{}").selector == LabelSelector())
        #expect(selector("null").selector == nil)
        #expect(selector("null").messages == [])
    }

    @Test(
        "faults",
        arguments: [
            (
                "{matchLabels: {a: 1}}",
                "matchLabels.a: found an integer (1), expected a string (put it in quotes)"
            ),
            ("{matchLabels: [a]}", "matchLabels: found a list, expected a mapping"),
            (
                "{matchExpressions: [{key: a, operator: Gt, values: ['1']}]}",
                "matchExpressions[0].operator: found \"Gt\", expected In, NotIn, Exists or DoesNotExist"
            ),
            (
                "{matchExpressions: [{key: a}]}",
                "matchExpressions[0].operator: found nothing, expected In, NotIn, Exists or DoesNotExist"
            ),
            (
                "{matchExpressions: [{operator: Exists}]}",
                "matchExpressions[0].key: found nothing, expected a string"
            ),
            (
                "{matchExpressions: [{key: a, operator: NotIn, values: []}]}",
                "matchExpressions[0].values: found no value, expected at least one with operator NotIn"
            ),
            (
                "{matchExpressions: [{key: a, operator: DoesNotExist, values: [x, z]}]}",
                "matchExpressions[0].values: found \"x\", \"z\", expected none with operator DoesNotExist"
            ),
        ])
    func faults(text: String, message: String) {
        let found = selector(text)
        #expect(found.selector == nil)
        #expect(found.messages == ["cluster.yaml:4: spec.subGroupPolicy[0].labelSelector.\(message)"])
    }
}
