import BenchmarkCases

/// Reads the words of the benchmark program's command line.
///
/// It takes the options of `gangwright bench`; the shell's own parser is part of the shell.
enum BenchmarkArguments {
    static let usage = """
        usage: gangwright-bench [--list] [--filter TEXT]... [--output table|json] [--compare FILE]
                                [--repetitions N] [--quick]
        """

    static func parse(_ words: [String]) throws(UsageError) -> BenchmarkOptions {
        var options = BenchmarkOptions()
        var words = words[...]
        while let word = words.popFirst() {
            switch word {
            case "--list": options.lists = true
            case "--quick": options.settings.isQuick = true
            case "--filter": options.settings.filters.append(try value(of: word, &words))
            case "--compare": options.baseline = try value(of: word, &words)
            case "--repetitions":
                guard let count = Int(try value(of: word, &words)), count > 0 else {
                    throw UsageError("--repetitions takes a number above 0")
                }
                options.settings.repetitions = count
            case "--output", "-o":
                guard let format = BenchmarkOptions.Format(rawValue: try value(of: word, &words)) else {
                    throw UsageError("--output takes table or json")
                }
                options.format = format
            default: throw UsageError("\(word) is no option")
            }
        }
        return options
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
