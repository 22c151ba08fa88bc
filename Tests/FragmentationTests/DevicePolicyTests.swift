import Fragmentation
import Testing

@Suite("Device policies") struct DevicePolicyTests {
    @Test("are called as in the paper; ours comes last") func names() {
        #expect(
            DevicePolicy.allCases.map(\.rawValue) == [
                "Random", "DotProd", "GpuClustering", "GpuPacking", "BestFit", "FGD", "PatternPricing",
            ])
    }
}
