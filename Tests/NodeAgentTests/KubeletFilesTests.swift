import ClusterModel
import Documents
import NodeAgent
import Testing

@Suite("The kubelet's files say how processors are given out") struct KubeletFilesTests {
    private func settings(_ text: String) -> (KubeletSettings?, [String]) {
        let sink = ProblemSink()
        let settings = KubeletSettings(Array(text.utf8), file: "config.yaml", sink: sink)
        return (settings, sink.problems.map(\.description))
    }

    @Test("policies and what is reserved") func configuration() {
        let (read, problems) = settings(
            """
            apiVersion: kubelet.config.k8s.io/v1beta1
            kind: KubeletConfiguration
            cpuManagerPolicy: static
            topologyManagerPolicy: single-numa-node
            kubeReserved: {cpu: 500m, memory: 1Gi}
            systemReserved: {cpu: 1}
            """)
        #expect(problems == [])
        #expect(read?.cpuManagerPolicy == "static")
        #expect(read?.topologyManagerPolicy == "single-numa-node")
        #expect(read?.reservedMilliCPU == 1_500)
    }

    @Test("a list of reserved processors takes the place of amounts, and /configz has it all in one member")
    func list() {
        let (read, problems) = settings(
            #"{"kubeletconfig":{"reservedSystemCPUs":"0-1,8","kubeReserved":{"cpu":"100m"}}}"#)
        #expect(problems == [])
        #expect(read?.reservedMilliCPU == 3_000)
        #expect(read?.cpuManagerPolicy == "none")
    }

    @Test("what is wrong is said with its place") func broken() {
        #expect(
            settings("cpuManagerPolicy: [static]").1.first?.hasPrefix("config.yaml:1: cpuManagerPolicy")
                == true)
        #expect(
            settings("kubeReserved: {cpu: lots}").1 == [
                "config.yaml:1: kubeReserved.cpu: found \"lots\", expected an amount such as 500m"
            ])
        #expect(settings("reservedSystemCPUs: all").0 == nil)
    }

    @Test("a checkpoint tells who has which processors") func checkpoint() throws {
        let text = """
            {"policyName":"static","defaultCpuSet":"0,2-7","entries":{"uid-b":{"main":"1","side":""},\
            "uid-a":{"train":"8-11"}},"checksum":1552716370}
            """
        let sink = ProblemSink()
        let state = try #require(CPUManagerState(Array(text.utf8), file: "state", sink: sink))
        #expect(sink.problems == [])
        #expect(state.shared.description == "0,2-7")
        #expect(state.assignments.map(\.pod) == ["uid-a", "uid-b"])
        #expect(state.assignments.map(\.cpus.description) == ["8-11", "1"])
        #expect(CPUManagerState(Array("{}".utf8), file: "state", sink: sink)?.shared.isEmpty == true)
        #expect(CPUManagerState(Array(#"{"defaultCpuSet":"x"}"#.utf8), file: "state", sink: sink) == nil)
        #expect(
            sink.problems.map(\.description) == [
                #"state:1: defaultCpuSet: found "x", expected processors such as 0-3,8"#
            ])
    }
}
