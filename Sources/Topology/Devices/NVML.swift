import Glibc

/// What NVIDIA's management library says of one GPU.
struct NVMLDevice: Equatable {
    /// The other end of a link.
    enum Peer: Hashable {
        /// A GPU at this address.
        case gpu(PCIAddress)
        /// A switch at this address; `nil` where the library does not say, as with switches outside the machine.
        case nvSwitch(PCIAddress?)
    }

    var address: PCIAddress
    var name = ""
    var uuid = ""
    var memoryBytes: Int64 = 0
    /// Whether it has a MIG mode at all, on or off.
    var isMIGCapable = false
    /// Whether that mode is on.
    var isInMIGMode = false
    /// The other ends of the links that are up.
    var peers: [Peer] = []
}

/// NVIDIA's management library, opened at run time: machines without it are ordinary.
///
/// Functions and layouts are those of `nvml.h`, whose numbered names do not change.
struct NVML {
    typealias Device = OpaquePointer
    typealias Symbol = (String) -> UnsafeMutableRawPointer?

    private typealias Call = @convention(c) () -> Int32
    private typealias Count = @convention(c) (UnsafeMutablePointer<UInt32>) -> Int32
    private typealias Handle = @convention(c) (UInt32, UnsafeMutablePointer<Device?>) -> Int32
    private typealias Fill = @convention(c) (Device, UnsafeMutableRawPointer) -> Int32
    private typealias Text = @convention(c) (Device, UnsafeMutableRawPointer, UInt32) -> Int32
    private typealias Pair =
        @convention(c) (Device, UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>) ->
        Int32
    private typealias LinkNumber = @convention(c) (Device, UInt32, UnsafeMutablePointer<UInt32>) -> Int32
    private typealias LinkFill = @convention(c) (Device, UInt32, UnsafeMutableRawPointer) -> Int32

    /// `NVML_NVLINK_MAX_LINKS`; asking for more is answered with an error.
    private static let mostLinks: UInt32 = 18

    private let symbol: Symbol

    /// The library behind a way to look up its functions.
    init(symbol: @escaping Symbol) { self.symbol = symbol }

    /// Where the library may be: where the loader finds it, and where NVIDIA's container runtime puts it into an image that it
    /// does not know for one of Debian.
    private static let files = ["libnvidia-ml.so.1", "/usr/lib64/libnvidia-ml.so.1"]

    /// The library of this machine; `nil` where it has none.
    static func open() -> NVML? { load().library }

    /// Why the library cannot be loaded, in the loader's words; `nil` where it can.
    static var problem: String? {
        let (library, problems) = load()
        return library == nil ? problems.joined(separator: "; ") : nil
    }

    private static func load() -> (library: NVML?, problems: [String]) {
        var problems: [String] = []
        for file in files {
            // It stays open: what it holds is the process's.
            guard let library = dlopen(file, RTLD_NOW | RTLD_LOCAL) else {
                if let reason = dlerror() { problems.append(String(cString: reason)) }
                continue
            }
            nonisolated(unsafe) let handle = library
            return (NVML { dlsym(handle, $0) }, [])
        }
        return (nil, problems)
    }

    private func function<Function>(_ name: String, as type: Function.Type) -> Function? {
        symbol(name).map { unsafeBitCast($0, to: type) }
    }

    /// All GPUs that the library shows; none where it does not start.
    func devices() -> [NVMLDevice] {
        guard let start = function("nvmlInit_v2", as: Call.self), start() == 0 else { return [] }
        defer { _ = function("nvmlShutdown", as: Call.self)?() }
        var count: UInt32 = 0
        guard let countOf = function("nvmlDeviceGetCount_v2", as: Count.self), countOf(&count) == 0,
            let handleOf = function("nvmlDeviceGetHandleByIndex_v2", as: Handle.self)
        else { return [] }
        return (0..<min(count, 1_024)).compactMap { index in
            var device: Device?
            guard handleOf(index, &device) == 0, let device else { return nil }
            return describe(device)
        }
    }

    private func describe(_ device: Device) -> NVMLDevice? {
        guard let fill = function("nvmlDeviceGetPciInfo_v3", as: Fill.self),
            let address = address({ fill(device, $0) })
        else { return nil }
        var description = NVMLDevice(address: address)
        description.name = text("nvmlDeviceGetName", device)
        description.uuid = text("nvmlDeviceGetUUID", device)
        // Total, free and used, 64 bits each.
        var memory: (UInt64, UInt64, UInt64) = (0, 0, 0)
        if let fill = function("nvmlDeviceGetMemoryInfo", as: Fill.self), fill(device, &memory) == 0 {
            description.memoryBytes = Int64(clamping: memory.0)
        }
        var modes: (UInt32, UInt32) = (0, 0)
        if let modesOf = function("nvmlDeviceGetMigMode", as: Pair.self) {
            description.isMIGCapable = modesOf(device, &modes.0, &modes.1) == 0
            description.isInMIGMode = description.isMIGCapable && modes.0 == 1
        }
        description.peers = peers(of: device)
        return description
    }

    private func text(_ name: String, _ device: Device) -> String {
        var bytes = [UInt8](repeating: 0, count: 96)
        guard let fill = function(name, as: Text.self), fill(device, &bytes, UInt32(bytes.count)) == 0 else {
            return ""
        }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// The address in an `nvmlPciInfo_t`: five numbers between two texts, of which the second, at byte 36, is the whole one.
    private func address(_ fill: (UnsafeMutableRawPointer) -> Int32) -> PCIAddress? {
        var bytes = [UInt8](repeating: 0, count: 128)
        guard fill(&bytes) == 0 else { return nil }
        return PCIAddress(String(decoding: bytes[36..<68].prefix { $0 != 0 }, as: UTF8.self))
    }

    private func peers(of device: Device) -> [NVMLDevice.Peer] {
        guard let stateOf = function("nvmlDeviceGetNvLinkState", as: LinkNumber.self) else { return [] }
        let typeOf = function("nvmlDeviceGetNvLinkRemoteDeviceType", as: LinkNumber.self)
        let remote = function("nvmlDeviceGetNvLinkRemotePciInfo_v2", as: LinkFill.self)
        return (0..<Self.mostLinks).compactMap { link in
            var isUp: UInt32 = 0
            guard stateOf(device, link, &isUp) == 0, isUp == 1 else { return nil }
            let address = remote.flatMap { remote in self.address { remote(device, link, $0) } }
            var type: UInt32 = 0
            // Old libraries know no types, and only links between GPUs.
            if let typeOf, typeOf(device, link, &type) != 0 { return nil }
            return switch type {
            case 0: address.map { .gpu($0) }
            case 2: .nvSwitch(address)
            default: nil
            }
        }
    }
}
