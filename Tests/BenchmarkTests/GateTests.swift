import Testing

@testable import BenchmarkCases

@Suite("The gate holds counts per operation to limits") struct GateTests {
    @Test("counts are divided by operations, names may have blanks") func counts() throws {
        let counts = try Gate.counts("10 5 2000 place/mixed, new allocator\n")
        #expect(counts.map(\.name) == ["place/mixed, new allocator"])
        #expect(counts.first?.counts == Gate.Counts(instructions: 200, allocations: 0.5))
    }

    @Test("a line that lacks a count is refused") func malformed() {
        #expect(throws: BenchmarkFailure.self) { try Gate.counts("10 5 place/mixed\n") }
    }

    @Test("every case of the gate does something", arguments: Gate.caseNames) func runs(_ name: String) throws
    {
        let heap = HeapBooks(allocations: { 0 }, bytesInUse: { 0 })
        let line = try Gate.run(name, heap: heap)
        #expect(line.hasSuffix(" 0\n") && line != "0 0\n")
    }
}
