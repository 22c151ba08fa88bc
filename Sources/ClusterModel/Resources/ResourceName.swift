/// The name of a resource that nodes offer and pods ask for, such as `cpu` or `nvidia.com/gpu`.
public struct ResourceName: Hashable, Comparable, Sendable, CustomStringConvertible,
    ExpressibleByStringLiteral
{
    /// The name as Kubernetes spells it.
    public let text: String

    /// Names a resource by Kubernetes' spelling.
    public init(_ text: String) { self.text = text }

    /// Names a resource by a literal.
    public init(stringLiteral value: String) { text = value }

    /// Processor time, counted in thousandths of a core.
    public static let cpu: ResourceName = "cpu"
    /// Memory, counted in bytes.
    public static let memory: ResourceName = "memory"
    /// Local disk, counted in bytes.
    public static let ephemeralStorage: ResourceName = "ephemeral-storage"
    /// The number of pods on a node; every pod asks for one.
    public static let pods: ResourceName = "pods"
    /// Whole NVIDIA GPUs.
    public static let nvidiaGPU: ResourceName = "nvidia.com/gpu"

    /// NVIDIA GPUs with the parts of them that pods share, counted in thousandths: ours, where parts are shared out.
    public static let sharedGPU: ResourceName = "gangwright.io/gpu"

    /// Whole AMD GPUs.
    public static let amdGPU: ResourceName = "amd.com/gpu"

    /// The scale in which amounts of this resource are counted; a quota's `requests.cpu` counts as `cpu` does.
    public var scale: ResourceScale {
        switch text {
        case "cpu", "requests.cpu", "limits.cpu", "gangwright.io/gpu": return .milli
        case "memory", "requests.memory", "limits.memory", "ephemeral-storage", "requests.ephemeral-storage",
            "limits.ephemeral-storage", "requests.storage":
            return .bytes
        default:
            return text.hasPrefix("hugepages-") || text.hasPrefix("requests.hugepages-") ? .bytes : .count
        }
    }

    /// True for a resource that belongs to a device: a vendor's name with a domain, outside Kubernetes' own.
    ///
    /// Source: the API server's `IsExtendedResourceName`.
    public var isExtended: Bool {
        text.contains("/") && !text.contains("kubernetes.io/") && !text.hasPrefix("requests.")
    }

    /// The name as Kubernetes spells it.
    public var description: String { text }

    /// Byte-wise order of the spelling.
    public static func < (left: ResourceName, right: ResourceName) -> Bool { left.text.precedes(right.text) }
}

/// The scale in which a resource's amounts are counted and printed.
public enum ResourceScale: Sendable {
    /// Thousandths of a core.
    case milli
    /// Bytes, printed with binary suffixes.
    case bytes
    /// Whole things: devices, pods.
    case count
}

extension String {
    /// Compares two names byte by byte, the order in which equal scores and ages are settled.
    ///
    /// `String.<` compares by Unicode collation of normalised text; names in Kubernetes are plain bytes.
    public func precedes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
