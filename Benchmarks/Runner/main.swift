import BenchmarkCases
import CAllocationCount
import Glibc
import Topology

func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if count < 0 { return }
        rest = rest.dropFirst(count)
    }
}

func standardInput() -> String {
    var text = ""
    while let line = readLine(strippingNewline: false) { text += line }
    return text
}

let heap = HeapBooks(
    allocations: { callocationcount_thread() }, bytesInUse: { callocationcount_bytes_in_use() })

// Wiring only: words in, a report out.
do {
    var outcome = BenchmarkProgram.Outcome()
    switch try BenchmarkArguments.parse(Array(CommandLine.arguments.dropFirst())) {
    case .bench(var options, let placement):
        try placement.apply()
        options.settings.heap = heap
        outcome = try BenchmarkProgram(options).run { line in
            if isatty(STDERR_FILENO) == 1 { write(line + "\n", to: STDERR_FILENO) }
        }
        if options.shown == nil, !options.lists {
            outcome.notes += placement.note(program: "gangwright-bench") + "\n"
        }
    case .gateList: outcome.text = Gate.caseNames.map { $0 + "\n" }.joined()
    case .gate(let name): outcome.text = try Gate.run(name, heap: heap)
    case .gateCheck(let path): outcome = try Gate.check(standardInput(), thresholds: path)
    case .gateThresholds: outcome.text = try Gate.thresholds(standardInput())
    }
    write(outcome.text, to: STDOUT_FILENO)
    write(outcome.notes, to: STDERR_FILENO)
    exit(outcome.isWorse ? 1 : 0)
} catch {
    write("gangwright-bench: \(error)\n", to: STDERR_FILENO)
    exit(2)
}
