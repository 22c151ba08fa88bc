import ClusterModel
import KubernetesAPI
import Testing

@Suite("Instance types are read as Azure ML documents them") struct InstanceTypeReaderTests {
    @Test("the documents' example: GPUs in limits are requests") func example() {
        let result = read(
            """
            apiVersion: amlarc.azureml.com/v1alpha1
            kind: InstanceType
            metadata:
              name: myinstancetypename
            spec:
              nodeSelector:
                mylabel: mylabelvalue
              resources:
                limits:
                  cpu: "1"
                  nvidia.com/gpu: 1
                  memory: "2Gi"
                requests:
                  cpu: "700m"
                  memory: "1500Mi"
            """)
        #expect(result.messages == [])
        #expect(
            result.snapshot.instanceTypes == [
                InstanceType(
                    name: "myinstancetypename", nodeSelector: ["mylabel": "mylabelvalue"],
                    requests: [.cpu: 700, .memory: 1_572_864_000, .nvidiaGPU: 1],
                    limits: [.cpu: 1000, .memory: 2_147_483_648, .nvidiaGPU: 1]),
                BuiltInInstanceType.azureml2022.instanceType,
            ])
    }

    @Test("the documents' list overrides the default") func list() {
        let result = read(
            """
            apiVersion: amlarc.azureml.com/v1alpha1
            kind: InstanceTypeList
            items:
              - metadata:
                  name: cpusmall
                spec:
                  resources:
                    requests:
                      cpu: "100m"
                      memory: "100Mi"
                    limits:
                      cpu: "1"
                      nvidia.com/gpu: 0
                      memory: "1Gi"

              - metadata:
                  name: defaultinstancetype
                spec:
                  resources:
                    requests:
                      cpu: "1"
                      memory: "1Gi"
                    limits:
                      cpu: "1"
                      nvidia.com/gpu: null
                      memory: "1Gi"
            """)
        #expect(result.messages == [])
        #expect(
            result.snapshot.instanceTypes == [
                InstanceType(
                    name: "cpusmall", requests: [.cpu: 100, .memory: 104_857_600, .nvidiaGPU: 0],
                    limits: [.cpu: 1000, .memory: 1_073_741_824, .nvidiaGPU: 0]),
                InstanceType(
                    name: "defaultinstancetype", requests: [.cpu: 1000, .memory: 1_073_741_824],
                    limits: [.cpu: 1000, .memory: 1_073_741_824]),
            ])
    }

    @Test("the built-in default is there without any object, in either definition") func builtIn() {
        #expect(
            read("").snapshot.instanceTypes == [
                InstanceType(
                    name: "defaultinstancetype", requests: [.cpu: 600, .memory: 1_610_612_736],
                    limits: [.cpu: 600, .memory: 1_610_612_736])
            ])
        #expect(
            read("", options: ReadingOptions(defaultInstanceType: .azureml2023)).snapshot.instanceTypes == [
                InstanceType(
                    name: "defaultinstancetype", requests: [.cpu: 100, .memory: 2_147_483_648],
                    limits: [.cpu: 2000, .memory: 2_147_483_648])
            ])
    }

    @Test("GPUs belong in limits, as whole numbers; a request is no more than its limit") func faults() {
        let result = read(
            """
            apiVersion: amlarc.azureml.com/v1alpha1
            kind: InstanceTypeList
            items:
            - metadata: {name: a}
              spec: {resources: {requests: {nvidia.com/gpu: 1}}}
            - metadata: {name: b}
              spec: {resources: {limits: {nvidia.com/gpu: 0.5}}}
            - metadata: {name: c}
              spec: {resources: {requests: {cpu: 2, memory: 3Gi}, limits: {cpu: 1500m, memory: 2Gi}}}
            - metadata: {name: d}
              spec: {resources: {requests: {nvidia.com/gpu: 1}, limits: {nvidia.com/gpu: 2}}}
            - metadata: {name: e}
              spec: {resources: {requests: {nvidia.com/gpu: 2, cpu: 1}, limits: {nvidia.com/gpu: 2}}}
            - spec: {}
            """)
        #expect(
            result.messages == [
                "cluster.yaml:5: items[0].spec.resources.requests[nvidia.com/gpu]: "
                    + "found in requests only, expected in limits: devices are given there",
                "cluster.yaml:7: items[1].spec.resources.limits[nvidia.com/gpu]: found 0.5, expected a whole number",
                "cluster.yaml:9: items[2].spec.resources.requests.cpu: found 2, expected at most the limit of 1500m",
                "cluster.yaml:9: items[2].spec.resources.requests.memory: "
                    + "found 3Gi, expected at most the limit of 2Gi",
                "cluster.yaml:11: items[3].spec.resources.requests[nvidia.com/gpu]: "
                    + "found 1, expected the limit of 2: devices are not shared",
                "cluster.yaml:14: items[5].metadata: found nothing, expected a mapping with a name",
            ])
        #expect(result.snapshot.instanceTypes.map(\.name) == ["e", "defaultinstancetype"])
    }
}
