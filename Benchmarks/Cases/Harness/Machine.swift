import Glibc

/// What figures were measured on, and of what.
public struct Machine: Equatable, Sendable {
    /// The processor's name.
    public var processor: String
    /// How many cores the system shows.
    public var cores: Int
    /// The clock rate as the system shows it; `nil` where it does not.
    public var megahertz: Double?
    /// Bytes of memory.
    public var memoryBytes: Int64
    /// System and release.
    public var kernel: String
    /// The compiler's version.
    public var swift: String
    /// Whether the program was optimised.
    public var isOptimised: Bool
    /// The commit that was built, empty where nobody said.
    public var commit: String
    /// How many processes wanted to run, averaged over the last minute.
    public var load: Double

    /// This machine, now. The commit is what the environment's `GANGWRIGHT_COMMIT` says.
    public static func current() -> Machine {
        let cpuInfo = Self.lines("/proc/cpuinfo")
        var system = utsname()
        uname(&system)
        let kernel = withUnsafeBytes(of: system.release) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        var loads = [0.0]
        getloadavg(&loads, 1)
        return Machine(
            processor: Self.value(of: "model name", in: cpuInfo) ?? "unknown",
            cores: sysconf(Int32(_SC_NPROCESSORS_ONLN)),
            megahertz: Self.value(of: "cpu MHz", in: cpuInfo).flatMap(Double.init),
            memoryBytes: Int64(sysconf(Int32(_SC_PHYS_PAGES))) * Int64(sysconf(Int32(_SC_PAGESIZE))),
            kernel: "Linux " + kernel, swift: Self.compiler, isOptimised: Self.isBuiltOptimised,
            commit: getenv("GANGWRIGHT_COMMIT").map { String(cString: $0) } ?? "", load: loads[0])
    }

    /// One line for people.
    public var line: String {
        let gibibytes = (memoryBytes + 1 << 29) >> 30
        let rate = megahertz.map { " at \(Int($0.rounded())) MHz" } ?? ""
        let build = isOptimised ? "" : ", NOT OPTIMISED"
        let commit = commit.isEmpty ? "" : ", commit \(commit)"
        return
            "\(processor)\(rate), \(cores) cores, \(gibibytes) GiB, \(kernel), Swift \(swift)\(build)\(commit), "
            + "load \(FigureText.decimal(load, places: 2))"
    }

    private static var compiler: String {
        #if compiler(>=6.4)
        "6.4 or newer"
        #elseif compiler(>=6.3)
        "6.3"
        #else
        "6.2 or older"
        #endif
    }

    private static var isBuiltOptimised: Bool {
        #if DEBUG
        false
        #else
        true
        #endif
    }

    private static func value(of name: String, in lines: [Substring]) -> String? {
        for line in lines where line.hasPrefix(name) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            return String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        return nil
    }

    private static func lines(_ path: String) -> [Substring] {
        (TextFile.read(path) ?? "").split(separator: "\n")
    }
}
