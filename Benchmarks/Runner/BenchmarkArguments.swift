import BenchmarkCases
import ClusterModel
import Topology

/// What the words of the command line ask for.
enum BenchmarkArguments {
    /// Run benchmarks on a part of the machine.
    case bench(BenchmarkOptions, ProcessPlacement)
    /// Name the cases of the gate.
    case gateList
    /// Run one case of the gate.
    case gate(String)
    /// Hold the counts on standard input to the limits of a file.
    case gateCheck(String)
    /// Print the limits that the counts on standard input would just keep.
    case gateThresholds

    static let usage = """
        usage: gangwright-bench [--list] [--filter TEXT]... [--output table|json] [--compare FILE]
                                [--repetitions N] [--quick] [--show FILE]
                                [--numa-node N] [--cpu-list LIST] [--memory-node N]
               gangwright-bench gate list|run NAME|check FILE|thresholds
        """

    /// Reads the words. The options are those of `gangwright bench`, whose parser is part of the shell.
    static func parse(_ words: [String]) throws(UsageError) -> BenchmarkArguments {
        if words.first == "gate" { return try gate(Array(words.dropFirst())) }
        var options = BenchmarkOptions()
        var placement = ProcessPlacement()
        var words = words[...]
        while let word = words.popFirst() {
            switch word {
            case "--list": options.lists = true
            case "--quick": options.settings.isQuick = true
            case "--filter": options.settings.filters.append(try value(of: word, &words))
            case "--show": options.shown = try value(of: word, &words)
            case "--compare": options.baseline = try value(of: word, &words)
            case "--repetitions":
                guard let count = Int(try value(of: word, &words)), count > 0 else {
                    throw UsageError("--repetitions takes a number above 0")
                }
                options.settings.repetitions = count
            case "--numa-node": placement.numaNode = try node(word, &words)
            case "--memory-node": placement.memoryNode = try node(word, &words)
            case "--cpu-list":
                guard let cpus = CPUSet(try value(of: word, &words)) else {
                    throw UsageError("--cpu-list takes processors such as 0-3,8")
                }
                placement.cpus = cpus
            case "--output", "-o":
                guard let format = BenchmarkOptions.Format(rawValue: try value(of: word, &words)) else {
                    throw UsageError("--output takes table or json")
                }
                options.format = format
            case "--help", "-h": throw UsageError("runs the benchmarks of Gangwright")
            default: throw UsageError("\(word) is no option")
            }
        }
        return .bench(options, placement)
    }

    private static func node(_ option: String, _ words: inout ArraySlice<String>) throws(UsageError) -> Int {
        guard let node = Int(try value(of: option, &words)), node >= 0 else {
            throw UsageError("\(option) takes the number of a NUMA node")
        }
        return node
    }

    private static func gate(_ words: [String]) throws(UsageError) -> BenchmarkArguments {
        switch (words.first, words.dropFirst().first, words.count) {
        case ("list", nil, 1): return .gateList
        case ("run", let name?, 2): return .gate(name)
        case ("check", let path?, 2): return .gateCheck(path)
        case ("thresholds", nil, 1): return .gateThresholds
        default: throw UsageError("gate takes list, run NAME, check FILE or thresholds")
        }
    }

    private static func value(of option: String, _ words: inout ArraySlice<String>) throws(UsageError)
        -> String
    {
        guard let value = words.popFirst() else { throw UsageError("\(option) takes a value") }
        return value
    }
}

/// The command line says something that the program does not take.
struct UsageError: Error, CustomStringConvertible {
    let description: String

    init(_ message: String) { description = message + "\n" + BenchmarkArguments.usage }
}
