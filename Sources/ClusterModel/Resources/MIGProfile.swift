/// A slice of a GPU that is split by MIG, as its resource names it: `nvidia.com/mig-1g.5gb`, `nvidia.com/mig-1g.5gb.me`.
///
/// To scheduling it is a resource like any other. Reports count it as the part of a GPU's compute slices that it is.
///
/// Sources: NVIDIA Multi-Instance GPU User Guide, "Supported MIG Profiles" (columns "Profile Name" and "Fraction of SMs"),
/// and the profiles that NVIDIA's mig-parted lists for devices which the tables leave out.
public struct MIGProfile: Hashable, Sendable {
    /// Compute slices.
    public let slices: Int
    /// Gigabytes of memory, as the name has them.
    public let gigabytes: Int
    /// Whether the slice has the media engines: `+me` by its name, `.me` in a resource.
    public let hasMedia: Bool

    /// What MIG's resources begin with.
    public static let prefix = "nvidia.com/mig-"

    /// The profile of a resource; `nil` for any other resource.
    public init?(_ resource: ResourceName) {
        guard resource.text.hasPrefix(Self.prefix) else { return nil }
        self.init(profile: resource.text.dropFirst(Self.prefix.count))
    }

    /// A profile by its name, such as `3g.20gb` or `1g.5gb+me`.
    public init?(profile name: some StringProtocol) {
        var text = name[...]
        hasMedia = text.hasSuffix("+me") || text.hasSuffix(".me")
        if hasMedia { text = text.dropLast(3) }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].hasSuffix("g"), parts[1].hasSuffix("gb"),
            let slices = Int(parts[0].dropLast()), let gigabytes = Int(parts[1].dropLast(2)),
            (1...8).contains(slices), gigabytes > 0
        else { return nil }
        self.slices = slices
        self.gigabytes = gigabytes
    }

    /// A GPU's profiles, without those that differ by media engines alone.
    struct Model: Sendable {
        let name: String
        /// The compute slices of the whole GPU.
        let slices: Int
        /// Slices and gigabytes.
        let profiles: [(Int, Int)]
    }

    static let models = [
        Model(name: "A30", slices: 4, profiles: [(1, 6), (2, 12), (4, 24)]),
        Model(name: "A100 40GB", slices: 7, profiles: [(1, 5), (1, 10), (2, 10), (3, 20), (4, 20), (7, 40)]),
        Model(
            name: "A100 80GB, H100 80GB", slices: 7,
            profiles: [(1, 10), (1, 20), (2, 20), (3, 40), (4, 40), (7, 80)]),
        Model(
            name: "H100 94GB", slices: 7, profiles: [(1, 12), (1, 24), (2, 24), (3, 47), (4, 47), (7, 94)]),
        Model(
            name: "H100 96GB", slices: 7, profiles: [(1, 12), (1, 24), (2, 24), (3, 48), (4, 48), (7, 96)]),
        Model(
            name: "H200 141GB", slices: 7,
            profiles: [(1, 18), (1, 35), (2, 35), (3, 71), (4, 71), (7, 141)]),
        Model(
            name: "B200 180GB", slices: 7,
            profiles: [(1, 23), (1, 45), (2, 45), (3, 90), (4, 90), (7, 180)]),
    ]

    /// The compute slices of the GPU that it is a slice of; `nil` for a profile of no GPU in the tables.
    private var wholeSlices: Int? {
        Self.models.first { $0.profiles.contains { $0 == (slices, gigabytes) } }?.slices
    }

    /// Whether the tables have it. One that they have not counts by its slices over seven.
    public var isKnown: Bool { wholeSlices != nil }

    /// Of how many compute slices it is a part.
    public var ofSlices: Int { wholeSlices ?? 7 }
}

extension ResourceList {
    /// Thousandths of GPUs among amounts, slices of MIG as the parts that they are; rounded down once, at the end.
    public var milliGPU: Int64 {
        // Of 28 parts, which both 4 and 7 slices divide.
        var parts: Int64 = 0
        forEach { name, amount in
            if Self.wholeGPUs.contains(name) {
                parts = Self.sum(parts, 28, amount)
            } else if let profile = MIGProfile(name) {
                parts = Self.sum(parts, Int64(28 / profile.ofSlices * profile.slices), amount)
            }
        }
        let (milli, isOverflow) = parts.multipliedReportingOverflow(by: 1_000)
        return isOverflow ? parts / 28 * 1_000 : milli / 28
    }

    private static let wholeGPUs: Set<ResourceName> = [.nvidiaGPU, "amd.com/gpu"]

    /// Nobody has so many GPUs that it matters where the sum stops.
    private static func sum(_ parts: Int64, _ each: Int64, _ amount: Int64) -> Int64 {
        let (product, isLarge) = each.multipliedReportingOverflow(by: amount)
        let (sum, isLarger) = parts.addingReportingOverflow(product)
        return isLarge || isLarger ? .max / 1_000 : min(sum, .max / 1_000)
    }
}
