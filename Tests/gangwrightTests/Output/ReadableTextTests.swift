import ClusterModel
import Testing

@testable import gangwright

@Suite("Amounts are rounded for people and exact for machines") struct AmountTextTests {
    @Test(
        "memory is in the largest unit that it reaches, with one digit",
        arguments: [
            (0, "0"), (1000, "1000"), (1536 << 20, "1.5Gi"), (64 << 30, "64Gi"), (5_864 << 30, "5.7Ti"),
            (9_337_752_064 << 10, "8.7Ti"), (119_703_055_367, "111.5Gi"), (1023 << 20, "1023Mi"),
            (-(25_538_720 << 10), "-24.4Gi"), (.max, "8Ei"), (.min, "-8Ei"),
        ] as [(Int64, String)])
    func memory(bytes: Int64, text: String) {
        #expect(AmountText.rounded(bytes, of: .memory) == text)
    }

    @Test("what is missing is rounded up, or it would be missing still") func up() {
        #expect(AmountText.rounded(28_336_485 << 10, of: .memory) == "27Gi")
        #expect(AmountText.rounded(28_336_485 << 10, of: .memory, up: true) == "27.1Gi")
        #expect(AmountText.rounded(27 << 30, of: .memory, up: true) == "27Gi")
        #expect(AmountText.rounded(2_010, of: .cpu, up: true) == "2.1")
    }

    @Test(
        "CPU is in cores, and what is less than a tenth in thousandths",
        arguments: [
            (0, "0"), (40, "40m"), (600, "0.6"), (2_000, "2"), (95_320, "95.3"), (2_089_700, "2089.7"),
            (1_999, "2"), (-500, "-0.5"),
        ] as [(Int64, String)])
    func cpu(milli: Int64, text: String) {
        #expect(AmountText.rounded(milli, of: .cpu) == text)
    }

    @Test("shares of devices have a fraction") func shares() {
        #expect(AmountText.rounded(milli: 66_400, of: "nvidia.com/gpu") == "66.4")
        #expect(AmountText.rounded(milli: 22_000, of: "nvidia.com/gpu") == "22")
        #expect(AmountText.text(milli: 66_400, of: "nvidia.com/gpu") == "66400m")
    }
}

@Suite("Names of any origin do nothing to the terminal") struct VisibleTextTests {
    @Test(
        "what moves, colours or turns round is spelled out",
        arguments: [
            ("plain", "plain"), ("\u{1B}[31mred", "U+001B[31mred"), ("a\r\nb", "aU+000DU+000Ab"),
            ("\u{9B}2J", "U+009B2J"), ("\u{7F}", "U+007F"), ("abc\u{202E}cba", "abcU+202Ecba"),
            ("x\u{2066}y", "xU+2066y"), ("日本語 ñ 👩‍👩‍👧", "日本語 ñ 👩‍👩‍👧"),
        ])
    func line(text: String, shown: String) {
        #expect(VisibleText.line(text) == shown)
    }

    @Test("several lines stay several") func lines() {
        #expect(VisibleText.lines("a\nb\tc\n") == "a\nbU+0009c\n")
    }

    @Test("no command lets them through") func commands() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            """
            {apiVersion: v1, kind: "\\e]0;title\\a", metadata: {name: x}}
            ---
            apiVersion: v1
            kind: Node
            metadata: {name: node-0}
            spec: {taints: [{key: "\\e[1mkey", value: "\\e[5m", effect: NoSchedule}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: p, annotations: {scheduling.volcano.sh/queue-name: "\\e[7mq"}}
            spec: {schedulerName: "\\e[8m", nodeSelector: {"\\e[0m": "\\e[2J"}, containers: [{name: c}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: q, annotations: {scheduling.k8s.io/group-name: "\\e[9mg"}}
            spec: {nodeName: "\\e[3mnode", containers: [{name: c}]}
            ---
            {apiVersion: amlarc.azureml.com/v1alpha1, kind: InstanceType, metadata: {name: t},
             spec: {resources: {limits: {"\\e[4m": 1}}}}
            """, to: "cluster.yaml")
        for words in [
            ["schedule", "-o", "wide"], ["schedule", "--scheduler-name", "s"], ["explain", "pod", "p"],
            ["explain", "pod", "q"], ["explain", "pod", "\u{1B}[31m"], ["capacity"],
            ["schedule", "-o", "json"],
            ["schedule", "--\u{1B}[31m"],
        ] {
            let outcome = Program().run(words + ["--cluster", path])
            #expect(!(outcome.standardOutput + outcome.standardError).contains("\u{1B}"), "\\(words)")
        }
        #expect(Program().run(["config", "check", "\u{1B}[31m"]).standardError.contains("U+001B"))
        let table = Program().run(["schedule", "--cluster", path]).standardOutput
        #expect(table.contains("1 U+001B]0;titleU+0007"))
    }
}
