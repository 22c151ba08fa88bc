import Documents
import Simulation
import Testing

@Suite("An openb trace becomes nodes and pending pods") struct OpenBTraceTests {
    static let nodes = """
        sn,cpu_milli,memory_mib,gpu,model
        node-a,64000,262144,2,P100
        node-b,96500,1024,0,
        """
    static let pods = """
        name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time
        pod-a,12000,16384,1,1000,,LS,Running,0,12537496,0
        pod-b,6500,12288,1,460,V100M16|V100M32,BE,Failed,427061,12902960,427061
        pod-c,2000,100,0,0,T4,,Pending,86400,,
        pod-d,4000,100,8,1000,G2,Guaranteed,Running,1,2,3
        """

    private func read(nodes: String = nodes, pods: String = pods) -> (trace: OpenBTrace, problems: [Problem])
    {
        OpenBTrace.read(
            nodes: Array(nodes.utf8), nodesFile: "nodes.csv", pods: Array(pods.utf8), podsFile: "pods.csv")
    }

    private func objects(_ options: OpenBTrace.ObjectOptions = .init()) -> [String] {
        read().trace.objects(options).map { $0.json(pretty: false) }
    }

    @Test("rows become nodes and tasks") func rows() {
        let (trace, problems) = read()
        #expect(problems.isEmpty)
        #expect(trace.nodes.map(\.name) == ["node-a", "node-b"])
        #expect(trace.nodes.map(\.milliCPU) == [64_000, 96_500])
        #expect(trace.nodes.map(\.memoryMiB) == [262_144, 1_024])
        #expect(trace.nodes.map(\.gpus) == [2, 0])
        #expect(trace.nodes.map(\.model) == ["P100", ""])
        #expect(trace.tasks.map(\.gpuUse) == [.whole(gpus: 1), .part(milliGPU: 460), .none, .whole(gpus: 8)])
        #expect(trace.tasks.map(\.models) == [[], ["V100M16", "V100M32"], ["T4"], ["G2"]])
        #expect(trace.tasks.map(\.qos) == ["LS", "BE", "", "Guaranteed"])
        #expect(trace.tasks.map(\.creationSeconds) == [0, 427_061, 86_400, 1])
    }

    @Test("columns may stand in any order, and the short pod list will do") func columns() {
        let (trace, problems) = read(
            nodes: "model,gpu,extra,sn,memory_mib,cpu_milli\nT4,4,x,n,8,1000\n",
            pods: "gpu_milli,num_gpu,name,memory_mib,cpu_milli\n1000,2,p,16,3000\n")
        #expect(problems.isEmpty)
        #expect(trace.nodes.map(\.name) == ["n"])
        #expect(trace.nodes.map(\.gpus) == [4])
        #expect(trace.tasks.map(\.gpuUse) == [.whole(gpus: 2)])
        #expect(trace.tasks.map(\.creationSeconds) == [nil])
        let pod = trace.objects().last?.json(pretty: false) ?? ""
        #expect(!pod.contains("creationTimestamp") && !pod.contains("labels"))
    }

    @Test("a node offers CPU, memory, pods and GPUs of a model") func nodeObjects() {
        #expect(
            objects()[0]
                == #"{"apiVersion":"v1","kind":"Node","metadata":{"name":"node-a","labels":{"#
                + #""kubernetes.io/hostname":"node-a","nvidia.com/gpu.product":"P100"}},"status":{"#
                + #""capacity":{"cpu":"64","memory":"262144Mi","pods":"1000","nvidia.com/gpu":"2"},"#
                + #""allocatable":{"cpu":"64","memory":"262144Mi","pods":"1000","nvidia.com/gpu":"2"}}}"#)
        #expect(
            objects()[1]
                == #"{"apiVersion":"v1","kind":"Node","metadata":{"name":"node-b","labels":{"#
                + #""kubernetes.io/hostname":"node-b"}},"status":{"#
                + #""capacity":{"cpu":"96500m","memory":"1024Mi","pods":"1000"},"#
                + #""allocatable":{"cpu":"96500m","memory":"1024Mi","pods":"1000"}}}"#)
    }

    @Test("a task asks for whole GPUs in its limits, and waits") func wholeGPUs() {
        #expect(
            objects()[2]
                == #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"pod-a","namespace":"openb","#
                + #""creationTimestamp":"2023-01-01T00:00:00Z","labels":{"openb/qos":"LS"}},"spec":{"#
                + #""containers":[{"name":"task","image":"openb-task","#
                + #""resources":{"requests":{"cpu":"12","memory":"16384Mi"},"limits":{"nvidia.com/gpu":"1"}}}]},"#
                + #""status":{"phase":"Pending"}}"#)
    }

    @Test("a part of one GPU is asked for by an annotation, the models as required node affinity")
    func partOfGPU() {
        #expect(
            objects()[3]
                == #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"pod-b","namespace":"openb","#
                + #""creationTimestamp":"2023-01-05T22:37:41Z","labels":{"openb/qos":"BE"},"#
                + #""annotations":{"alibabacloud.com/gpu-milli":"460"}},"spec":{"#
                + #""affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"#
                + #""nodeSelectorTerms":[{"matchExpressions":[{"key":"nvidia.com/gpu.product","operator":"In","#
                + #""values":["V100M16","V100M32"]}]}]}}},"#
                + #""containers":[{"name":"task","image":"openb-task","#
                + #""resources":{"requests":{"cpu":"6500m","memory":"12288Mi"}}}]},"#
                + #""status":{"phase":"Pending"}}"#)
    }

    @Test("a task without GPUs may run anywhere, whatever model it names") func cpuOnly() {
        #expect(
            objects()[4]
                == #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"pod-c","namespace":"openb","#
                + #""creationTimestamp":"2023-01-02T00:00:00Z"},"spec":{"#
                + #""containers":[{"name":"task","image":"openb-task","#
                + #""resources":{"requests":{"cpu":"2","memory":"100Mi"}}}]},"status":{"phase":"Pending"}}"#)
    }

    @Test("tasks that share a GPU are left out on demand, those without GPUs stay") func wholeOnly() {
        let text = objects(.init(gpuRequests: .wholeOnly, podsPerNode: 7, namespace: "x"))
        #expect(text.count == 5)
        #expect(!text.contains { $0.contains(#""name":"pod-b""#) })
        #expect(text[0].contains(#""pods":"7""#))
        #expect(text[2].contains(#""namespace":"x""#))
    }

    @Test("missing columns are named, in both files at once") func missingColumns() {
        let (trace, problems) = read(nodes: "sn,cpu_milli,gpu,model\nn,1,1,T4\n", pods: "name,num_gpu\np,1\n")
        #expect(trace == OpenBTrace())
        #expect(
            problems.map(\.description) == [
                "nodes.csv:1: memory_mib: the column is missing; found the columns sn, cpu_milli, gpu, model",
                "pods.csv:1: cpu_milli: the column is missing; found the columns name, num_gpu",
                "pods.csv:1: memory_mib: the column is missing; found the columns name, num_gpu",
                "pods.csv:1: gpu_milli: the column is missing; found the columns name, num_gpu",
            ])
    }

    @Test("a row with a mistake is left out, and every mistake is named") func mistakes() {
        let (trace, problems) = read(
            nodes: "sn,cpu_milli,memory_mib,gpu,model\n,1000,8,0,\nn,1e3,-8,0,\nm,1000,8,0,\nm,1000,8,0,\n",
            pods: """
                name,cpu_milli,memory_mib,num_gpu,gpu_milli,creation_time
                a,1,1,2,500,0
                b,1,1,0,1,0
                c,1,1,1,0,0
                d,1,1,1,1000,soon
                e,1,,1,1000,0
                f,1,1,1,1000
                g,1,1,1,1000,0
                """)
        #expect(trace.nodes.map(\.name) == ["m"])
        #expect(trace.tasks.map(\.name) == ["g"])
        #expect(
            problems.map(\.description) == [
                "nodes.csv:2: sn: found nothing, expected a name",
                "nodes.csv:3: cpu_milli: found '1e3', expected a whole number from 0 to 1000000000",
                "nodes.csv:3: memory_mib: found '-8', expected a whole number from 0 to 8796093022207",
                "nodes.csv:5: sn: found 'm' again, expected each name once",
                "pods.csv:2: gpu_milli: found '500', expected 1000",
                "pods.csv:3: gpu_milli: found '1', expected 0",
                "pods.csv:4: gpu_milli: found '0', expected a whole number from 1 to 1000",
                "pods.csv:5: creation_time: found 'soon', expected a whole number from 0 to 100000000000",
                "pods.csv:6: memory_mib: found nothing, expected a whole number from 0 to 8796093022207",
                "pods.csv:7: found 5 fields, expected 6 as in the header",
            ])
    }
}
