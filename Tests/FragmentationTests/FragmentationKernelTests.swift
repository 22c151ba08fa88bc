import Fragmentation
import SyntheticClusters
import TestSupport
import Testing

@Suite("Fragments are idle GPUs that the target workload cannot use") struct FragmentationKernelTests {
    private func entry(
        _ weight: Double, cpu: Int64, gpus: Int, milli: Int64, models: ModelSet = .any
    ) -> TargetWorkload.Entry {
        .init(PodClass(milliCPU: cpu, devices: gpus, milliGPU: milli, models: models), weight: weight)
    }

    @Test("each class puts what is idle into one bucket, a class that fits into two") func buckets() {
        let workload = TargetWorkload([
            entry(0.1, cpu: 1_000, gpus: 0, milli: 0), entry(0.2, cpu: 9_000, gpus: 0, milli: 0),
            entry(0.1, cpu: 1_000, gpus: 1, milli: 500), entry(0.2, cpu: 9_000, gpus: 1, milli: 500),
            entry(0.1, cpu: 1_000, gpus: 2, milli: 1000), entry(0.2, cpu: 9_000, gpus: 2, milli: 1000),
            entry(0.1, cpu: 0, gpus: 1, milli: 100, models: ModelSet([1])),
        ])
        let node = NodeDevices(freeMilliCPU: 4_000, freeMilliGPU: [1000, 400, 600], model: 0)
        let buckets = FragmentationKernel(workload, models: 2).buckets(node)
        #expect(buckets.withoutGPUSatisfied == 0.1 * 2000)
        #expect(buckets.withoutGPULackCPU == 0.2 * 2000)
        #expect(buckets.satisfied == 0.1 * 1600)
        #expect(buckets.lackCPU == 0.2 * 2000)
        #expect(buckets.lackGPU == 0.1 * 400 + 0.1 * 2000)
        #expect(buckets.lackBoth == 0.2 * 2000)
        #expect(buckets.noAccess == 0.1 * 2000)
        #expect(abs(buckets.fragments + buckets.satisfied - 2000) < 1e-9)
    }

    @Test("typical pods are the most frequent classes; of equal ones the larger") func typical() {
        func podClass(_ cpu: Int64, _ text: String = "") -> PodClass {
            PodClass(milliCPU: cpu, devices: 1, milliGPU: 1000, constraint: text)
        }
        let pods =
            Array(repeating: podClass(1), count: 5) + Array(repeating: podClass(3), count: 2)
            + Array(repeating: podClass(3, "T4"), count: 2) + [podClass(9)]
        let workload = TargetWorkload(typicalOf: pods, percent: 70)
        #expect(workload.entries.map(\.podClass) == [podClass(1), podClass(3, "T4")])
        #expect(workload.entries.map(\.weight) == [0.5 / 0.7, 0.2 / 0.7])
        #expect(TargetWorkload(typicalOf: pods, percent: 71).entries.count == 3)
        #expect(TargetWorkload(typicalOf: [PodClass](), percent: 95).entries.isEmpty)
    }
}
