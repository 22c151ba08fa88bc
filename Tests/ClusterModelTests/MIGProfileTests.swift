import ClusterModel
import Testing

@Suite("Slices of GPUs are parts of GPUs") struct MIGProfileTests {
    @Test(
        "a resource's name says how large a part it is",
        arguments: [
            ("nvidia.com/mig-1g.5gb", 142), ("nvidia.com/mig-1g.5gb.me", 142),
            ("nvidia.com/mig-1g.10gb+me", 142),
            ("nvidia.com/mig-2g.20gb", 285), ("nvidia.com/mig-3g.40gb", 428), ("nvidia.com/mig-4g.71gb", 571),
            ("nvidia.com/mig-7g.180gb", 1_000), ("nvidia.com/mig-1g.6gb", 250),
            ("nvidia.com/mig-4g.24gb", 1_000),
            ("nvidia.com/mig-3g.47gb", 428), ("nvidia.com/gpu", 1_000), ("amd.com/gpu", 1_000),
            ("nvidia.com/mig-1g", 0), ("nvidia.com/mig-xg.5gb", 0), ("cpu", 0),
        ] as [(ResourceName, Int64)])
    func parts(name: ResourceName, milli: Int64) { #expect(([name: 1] as ResourceList).milliGPU == milli) }

    @Test("seven slices of one GPU are the GPU, and four of an A30") func whole() {
        #expect(([("nvidia.com/mig-1g.10gb"): 7] as ResourceList).milliGPU == 1_000)
        #expect(
            (["nvidia.com/mig-4g.40gb": 1, "nvidia.com/mig-3g.40gb": 1] as ResourceList).milliGPU == 1_000)
        #expect((["nvidia.com/mig-1g.6gb": 4] as ResourceList).milliGPU == 1_000)
    }

    @Test("a profile that no table has counts by its slices over seven, and says so") func unknown() throws {
        let profile = try #require(MIGProfile("nvidia.com/mig-2g.99gb"))
        #expect(!profile.isKnown)
        #expect(profile.ofSlices == 7)
        #expect(MIGProfile("nvidia.com/mig-2g.45gb")?.isKnown == true)
    }
}
