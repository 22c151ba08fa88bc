import ClusterModel
import SyntheticClusters
import Testing

@testable import Simulation

@Suite("A simulation knows how well GPUs are joined that work together") struct JoinedGPUsTests {
    private func joined() -> JoinedGPUs {
        var cluster = ClusterSnapshot()
        cluster.numatopologies = [MachineShape.quads.published(as: "n")]
        return JoinedGPUs(cluster)
    }

    @Test("a pod has the GPUs that are written on it, another one the first that are free") func numbers() {
        var gpus = joined()
        gpus.take(2, 1, of: -1, on: 0, named: "n", numbers: CPUSet("0,4"))
        #expect(gpus.points == 0, "one of each board")
        #expect(gpus.mostPoints == 1040)
        gpus.take(2, 2, of: -1, on: 0, named: "n", numbers: nil)
        #expect(gpus.points == 820, "1 and 2: one board, two switches")
        gpus.give(1, on: 0)
        gpus.take(2, 3, of: -1, on: 0, named: "n", numbers: nil)
        #expect(gpus.points == 820 + 820, "0 and 3")
    }

    @Test("pairs between pods of one job count, those with others do not") func jobs() {
        var gpus = joined()
        gpus.take(1, 1, of: 7, on: 0, named: "n", numbers: CPUSet("0"))
        gpus.take(1, 2, of: 8, on: 0, named: "n", numbers: CPUSet("2"))
        #expect(gpus.mostPoints == 0)
        gpus.take(1, 3, of: 7, on: 0, named: "n", numbers: CPUSet("1"))
        #expect(gpus.points == 840)
        #expect(gpus.mostPoints == 1040)
    }

    @Test("of a node that nobody knows nothing is counted") func unknown() {
        var gpus = joined()
        gpus.take(4, 1, of: 1, on: 1, named: "m", numbers: nil)
        #expect(gpus.mostPoints == 0)
    }
}

@Suite("A pool says what its nodes are made of") struct MachineSectionTests {
    @Test("and that is published of each of them, with as many GPUs as pods may use") func published() throws
    {
        let plan = try makePlan(
            heading + """
                duration: 1h
                cluster:
                  pools:
                  - name: quad
                    count: 2
                    allocatable: {cpu: 16, nvidia.com/gpu: 8}
                    gpuModel: A
                    machine:
                      {coresPerNUMANode: 4, gpusPerSwitch: 2, link: NVLink, linkedGPUs: 4, nicsPerSwitch: 1, topologyPolicy: restricted}
                  - {name: plain, count: 1, allocatable: {cpu: 16}}
                workload: {generators: [{name: g, arrivals: {every: 1h}, gpus: 1, runTime: 1m}]}
                """)
        #expect(plan.cluster.numatopologies.map(\.name) == ["quad-0000", "quad-0001"])
        let published = try #require(plan.cluster.numatopologies.first)
        #expect(published.cpuManagerPolicy == "static" && published.topologyManagerPolicy == "restricted")
        #expect(published.allocatableCPUs?.description == "0-15")
        let topology = try #require(published.topology)
        #expect(topology.gpus.map(\.pcieSwitch) == [0, 0, 1, 1, 2, 2, 3, 3])
        #expect(topology.gpus.map(\.numaNode) == [0, 0, 0, 0, 1, 1, 1, 1])
        #expect(topology.gpuLinks.count == 12)
        #expect(topology.nics.map(\.name) == ["mlx5_0", "mlx5_1", "mlx5_2", "mlx5_3"])
        #expect(topology.gpus.allSatisfy { $0.model == "A" })
    }

    @Test("what makes no sense is named") func mistakes() {
        #expect(
            complaints(
                heading + """
                    duration: 1h
                    cluster:
                      pools:
                      - name: a
                        count: 1
                        allocatable: {cpu: 16, nvidia.com/gpu: 80}
                        machine: {link: cable, linkedGPU: 4, numaNodes: 0}
                    workload: {generators: [{name: g, arrivals: {every: 1h}, gpus: 1, runTime: 1m}]}
                    """) == [
                    "s.yaml:10: cluster.pools[0].machine.linkedGPU: found a key that is not known, expected linkedGPUs",
                    "s.yaml:10: cluster.pools[0].machine.numaNodes: found 0, expected an integer from 1 to 16",
                    #"s.yaml:10: cluster.pools[0].machine.link: found "cable", expected one of NVLink, NVSwitch, xGMI"#,
                    "s.yaml:10: cluster.pools[0].machine: found one with 80 GPUs, as allocatable says, expected 64 at most",
                ])
    }
}
