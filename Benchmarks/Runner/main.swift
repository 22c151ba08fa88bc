import BenchmarkCases
import CAllocationCount
import Glibc

func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if count < 0 { return }
        rest = rest.dropFirst(count)
    }
}

// Wiring only: words in, a report out.
do {
    var options = try BenchmarkArguments.parse(Array(CommandLine.arguments.dropFirst()))
    options.settings.allocationCount = { callocationcount_thread() }
    let outcome = try BenchmarkProgram(options).run { line in
        if isatty(STDERR_FILENO) == 1 { write(line + "\n", to: STDERR_FILENO) }
    }
    write(outcome.text, to: STDOUT_FILENO)
    exit(outcome.isWorse ? 1 : 0)
} catch {
    write("gangwright-bench: \(error)\n", to: STDERR_FILENO)
    exit(2)
}
