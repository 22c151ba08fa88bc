import Fragmentation
import Testing

@Suite("Device policies") struct DevicePolicyTests {
    @Test("are called as in the paper") func names() {
        #expect(DevicePolicy(rawValue: "FGD") == .fgd)
        #expect(DevicePolicy.allCases.count >= 6)
    }
}
