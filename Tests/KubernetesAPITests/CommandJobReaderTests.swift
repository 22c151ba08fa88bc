import ClusterModel
import KubernetesAPI
import Testing

@Suite("An Azure ML job file becomes a gang and its pods") struct CommandJobReaderTests {
    private static let types = """
        apiVersion: amlarc.azureml.com/v1alpha1
        kind: InstanceTypeList
        items:
        - metadata: {name: gpu-4}
          spec:
            nodeSelector: {pool: a100}
            resources: {requests: {cpu: 8}, limits: {nvidia.com/gpu: 4, memory: 64Gi}}
        """

    private static let tolerations = [
        Toleration(key: "ml.azure.com/amlarc", value: "true"),
        Toleration(key: "ml.azure.com/amlarc-workload", value: "true"),
    ]

    @Test("a pytorch job of two instances, its type read later") func pytorch() {
        let job = """
            $schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
            type: command
            code: src
            command: python train.py
            environment: azureml:my-env@latest
            compute: azureml:k8s
            inputs: {data: {path: x}}
            resources:
              instance_type: gpu-4
              instance_count: 2
              shm_size: 2g
            distribution:
              type: PyTorch
              process_count_per_instance: 4
            """
        let result = read([("jobs/Train_BERT.yml", job), ("types.yaml", Self.types)])
        #expect(result.messages == [])
        let requests: ResourceList = [.cpu: 8000, .memory: 68_719_476_736, .nvidiaGPU: 4]
        #expect(
            result.snapshot.podGroups == [
                PodGroup(
                    key: ObjectKey(namespace: "default", name: "train-bert"), minMember: 2,
                    minResources: [.cpu: 16_000, .memory: 137_438_953_472, .nvidiaGPU: 8], origin: .jobFile)
            ])
        #expect(
            result.snapshot.pods
                == (0...1).map { index in
                    Pod(
                        key: ObjectKey(namespace: "default", name: "train-bert-worker-\(index)"),
                        podGroup: "train-bert", role: "worker", schedulerName: "volcano", requests: requests,
                        nonZeroRequests: NonZeroRequests(milliCPU: 8000, memory: 68_719_476_736),
                        nodeSelector: ["pool": "a100"],
                        tolerations: Self.tolerations + [
                            Toleration(key: "ml.azure.com/compute", value: "k8s")
                        ])
                })
    }

    @Test("a bare command is one pod of the default type") func bare() {
        let result = read("command: echo hi\n", file: "-", options: ReadingOptions(namespace: "team"))
        #expect(result.messages == [])
        #expect(
            result.snapshot.podGroups == [
                PodGroup(
                    key: ObjectKey(namespace: "team", name: "job"), minMember: 1,
                    minResources: [.cpu: 600, .memory: 1_610_612_736], origin: .jobFile)
            ])
        #expect(
            result.snapshot.pods == [
                Pod(
                    key: ObjectKey(namespace: "team", name: "job-worker-0"), podGroup: "job", role: "worker",
                    schedulerName: "volcano",
                    requests: [.cpu: 600, .memory: 1_610_612_736], tolerations: Self.tolerations)
            ])
    }

    @Test("tensorflow has workers and parameter servers, each with a minimum") func tensorflow() {
        let result = read(
            """
            name: tf
            command: python train.py
            resources: {instance_count: 3}
            distribution: {type: tensorflow, parameter_server_count: 2}
            """)
        #expect(result.messages == [])
        #expect(result.snapshot.podGroups.first?.minMember == 5)
        #expect(
            result.snapshot.podGroups.first?.minTaskMember == [
                RoleMinimum(role: "ps", minimum: 2), RoleMinimum(role: "worker", minimum: 3),
            ])
        #expect(
            result.snapshot.pods.map(\.key.name) == [
                "tf-ps-0", "tf-ps-1", "tf-worker-0", "tf-worker-1", "tf-worker-2",
            ])
        #expect(result.snapshot.pods.map(\.role) == ["ps", "ps", "worker", "worker", "worker"])
    }

    @Test("worker_count goes before instance_count, and there need be no parameter server") func workerCount()
    {
        let result = read(
            """
            name: tf
            command: python train.py
            resources: {instance_count: 3}
            distribution: {type: TensorFlow, worker_count: 2}
            """)
        #expect(result.messages == [])
        #expect(result.snapshot.podGroups.first?.minTaskMember == [RoleMinimum(role: "worker", minimum: 2)])
        #expect(result.snapshot.pods.map(\.key.name) == ["tf-worker-0", "tf-worker-1"])
    }

    @Test("an unknown instance type spoils that job and no other") func unknownType() {
        let jobs = """
            name: bad
            command: x
            resources:
              instance_count: 2
              instance_type: gpu-8
            ---
            name: good
            command: x
            """
        let result = read([("jobs.yaml", jobs), ("types.yaml", Self.types)])
        let message = "unknown instance type \"gpu-8\"; known are defaultinstancetype, gpu-4"
        #expect(result.messages == ["warning: jobs.yaml:5: resources.instance_type: \(message)"])
        #expect(result.snapshot.podGroups.map(\.key.name) == ["bad", "good"])
        #expect(
            result.snapshot.podGroups.map(\.invalid) == [
                InvalidGang(reason: .unknownInstanceType, message: message), nil,
            ])
        #expect(result.snapshot.pods.map(\.key.name) == ["bad-worker-0", "bad-worker-1", "good-worker-0"])
        #expect(result.snapshot.pods.map(\.requests.isEmpty) == [true, true, false])
    }

    @Test("among many types the nearest is named") func nearestType() {
        let items = (1...11).map { "- {metadata: {name: type-\($0)}}" }.joined(separator: "\n")
        let result = read(
            """
            apiVersion: amlarc.azureml.com/v1alpha1
            kind: InstanceTypeList
            items:
            \(items)
            ---
            {command: x, resources: {instance_type: tipe-7}}
            """)
        #expect(
            result.messages == [
                "warning: cluster.yaml:16: resources.instance_type: "
                    + "unknown instance type \"tipe-7\"; the nearest of 12 known is type-7"
            ])
    }

    @Test("jobs of one file without names are numbered") func numbering() {
        let result = read(
            [
                ("a.b.yaml", "command: x\n---\nname: own\ncommand: y\n---\ncommand: z\n"),
                (".yaml", "command: x\n"), ("__!.yaml", "command: y\n"),
            ])
        #expect(result.snapshot.podGroups.map(\.key.name) == ["a-b", "own", "a-b-2", "yaml", "job"])
    }

    @Test(
        "the compute target's name, however it is written",
        arguments: [
            ("azureml:gpu-cluster", "gpu-cluster"), ("gpu-cluster", "gpu-cluster"),
            ("azureml:/subscriptions/1/computes/gpu-cluster", "gpu-cluster"),
        ])
    func compute(text: String, name: String) {
        let result = read("{command: x, compute: '\(text)'}")
        #expect(
            result.snapshot.pods.first?.tolerations.last
                == Toleration(key: "ml.azure.com/compute", value: name))
    }

    @Test("faults are named, and the job is left out") func faults() {
        let result = read(
            """
            command: x
            resources: {instance_count: 0, instance_type: 4}
            distribution: {type: horovod}
            ---
            command: x
            resources: {instance_count: 1000000000000}
            distribution: {process_count_per_instance: 4}
            ---
            type: pipeline
            jobs: {}
            ---
            $schema: https://azuremlschemas.azureedge.net/latest/sweepJob.schema.json
            ---
            command: x
            distribution: {type: tensorflow, worker_count: 0, parameter_server_count: -1}
            """, file: "j.yaml")
        #expect(
            result.messages == [
                "j.yaml:2: resources.instance_count: found 0, expected an integer from 1 to 100000",
                "j.yaml:2: resources.instance_type: found an integer (4), expected a string (put it in quotes)",
                "j.yaml:3: distribution.type: found \"horovod\", expected pytorch, mpi, tensorflow or ray",
                "j.yaml:6: resources.instance_count: found 1000000000000, expected an integer from 1 to 100000",
                "j.yaml:7: distribution.type: found nothing, expected a string",
                "j.yaml:9: type: found \"pipeline\", "
                    + "expected command, the only type of job that is supported",
                "j.yaml:12: [$schema]: found "
                    + "\"https://azuremlschemas.azureedge.net/latest/sweepJob.schema.json\", "
                    + "expected that of commandJob, the only type of job that is supported",
                "j.yaml:15: distribution.parameter_server_count: found -1, expected an integer from 0 to 100000",
                "j.yaml:15: distribution.worker_count: found 0, expected an integer from 1 to 100000",
            ])
        #expect(result.snapshot.podGroups == [])
    }

    @Test("names that are taken are errors") func clashes() {
        let result = read(
            """
            {name: a, command: x}
            ---
            {name: b, command: x}
            ---
            {name: c, command: x}
            ---
            {apiVersion: scheduling.volcano.sh/v1beta1, kind: PodGroup, metadata: {name: a}}
            ---
            {apiVersion: amlarc.azureml.com/v1alpha1, kind: AmlJob, metadata: {name: b}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: c-worker-0}, spec: {}}
            """)
        #expect(
            result.messages == [
                "cluster.yaml:1: name: PodGroup default/a has the name of this job, at cluster.yaml:7",
                "cluster.yaml:3: name: AmlJob default/b has the name of this job, at cluster.yaml:9",
                "cluster.yaml:5: name: Pod default/c-worker-0 has the name of a pod of this job, at cluster.yaml:11",
            ])
        #expect(result.snapshot.podGroups.map(\.origin) == [.object, .amlJob])
        #expect(result.snapshot.pods.map(\.key.name) == ["c-worker-0"])
    }

    @Test("pods take the global default priority; a job that asks for too much is an error") func edges() {
        let result = read(
            """
            {name: a, command: x}
            ---
            {name: b, command: x, resources: {instance_type: vast, instance_count: 3}}
            ---
            {apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: n0}, value: 9, globalDefault: true}
            ---
            apiVersion: amlarc.azureml.com/v1alpha1
            kind: InstanceType
            metadata: {name: vast}
            spec: {resources: {limits: {memory: 4E}}}
            """)
        #expect(
            result.messages == [
                "cluster.yaml:3: resources.instance_count: the amounts of memory add up to more than 2^63"
            ])
        #expect(result.snapshot.pods.map(\.priority) == [9])
    }
}
