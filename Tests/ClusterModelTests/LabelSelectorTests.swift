import ClusterModel
import Testing

@Suite("A label selector means the objects whose labels meet all of it") struct LabelSelectorTests {
    private func requirement(
        _ key: String, _ comparison: LabelSelectorRequirement.Operator, _ values: [String] = []
    ) -> LabelSelector {
        LabelSelector(matchExpressions: [
            LabelSelectorRequirement(key: key, operator: comparison, values: values)
        ])
    }

    @Test("an empty one means every object") func empty() {
        #expect(LabelSelector().isEmpty)
        #expect(LabelSelector().matches([:]))
        #expect(LabelSelector().matches(["a": "1"]))
    }

    @Test("labels must be there with their values") func labels() {
        let selector = LabelSelector(matchLabels: ["a": "1", "b": ""])
        #expect(selector.matches(["a": "1", "b": "", "c": "3"]))
        #expect(!selector.matches(["a": "1"]))
        #expect(!selector.matches(["a": "2", "b": ""]))
    }

    @Test("In wants one of its values, NotIn takes a missing label") func values() {
        #expect(requirement("a", .isIn, ["1", "2"]).matches(["a": "2"]))
        #expect(!requirement("a", .isIn, ["1", "2"]).matches(["a": "3"]))
        #expect(!requirement("a", .isIn, ["1", "2"]).matches([:]))
        #expect(requirement("a", .notIn, ["1"]).matches([:]))
        #expect(requirement("a", .notIn, ["1"]).matches(["a": "2"]))
        #expect(!requirement("a", .notIn, ["1"]).matches(["a": "1"]))
    }

    @Test("Exists and DoesNotExist look at the key only") func presence() {
        #expect(requirement("a", .exists).matches(["a": ""]))
        #expect(!requirement("a", .exists).matches(["b": ""]))
        #expect(requirement("a", .doesNotExist).matches(["b": ""]))
        #expect(!requirement("a", .doesNotExist).matches(["a": ""]))
    }

    @Test("labels and requirements must all be met") func together() {
        var selector = requirement("b", .exists)
        selector.matchLabels = ["a": "1"]
        #expect(selector.matches(["a": "1", "b": "x"]))
        #expect(!selector.matches(["a": "1"]))
        #expect(!selector.matches(["b": "x"]))
    }
}
