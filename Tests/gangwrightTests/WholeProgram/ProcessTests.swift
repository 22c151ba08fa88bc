import Foundation
import Testing

@testable import gangwright

/// The built program as a process: what a function cannot show.
@Suite("The program minds its streams and exit codes") struct ProcessTests {
    /// The program that was built together with these tests.
    ///
    /// The file that holds the tests lies beside it, and is mapped into this process.
    private static func program() throws -> URL {
        let maps = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
        let tests = try #require(
            maps.split(separator: "\n").compactMap { $0.firstIndex(of: "/").map($0[...].suffix(from:)) }
                .first { $0.hasSuffix(".xctest") })
        return URL(filePath: String(tests)).deletingLastPathComponent().appending(path: "gangwright")
    }

    private struct Result {
        var exitCode: Int32
        var output = ""
        var error = ""
    }

    /// Runs the program to its end, with standard output going to a file handle if one is given.
    private static func run(_ words: [String], input: String = "", output: Any? = nil) throws -> Result {
        let process = Process()
        process.executableURL = try program()
        process.arguments = words
        let (inputPipe, outputPipe, errorPipe) = (Pipe(), Pipe(), Pipe())
        process.standardInput = inputPipe
        process.standardOutput = output ?? outputPipe
        process.standardError = errorPipe
        try process.run()
        try inputPipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try inputPipe.fileHandleForWriting.close()
        let written = output == nil ? try outputPipe.fileHandleForReading.readToEnd() : nil
        let said = try errorPipe.fileHandleForReading.readToEnd()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        return Result(
            exitCode: process.terminationStatus, output: String(decoding: written ?? Data(), as: UTF8.self),
            error: String(decoding: said ?? Data(), as: UTF8.self))
    }

    private static let node = "{apiVersion: v1, kind: Node, metadata: {name: node-0}}"

    @Test("results go to standard output, standard input is a cluster") func streams() throws {
        let done = try Self.run(["schedule", "--cluster", "-"], input: Self.node)
        #expect(done.output == "0 pods placed on 0 of 1 node, 0 wait; 0 were bound before\n")
        #expect(done.error == "")
        #expect(done.exitCode == 0)
    }

    @Test("mistakes go to standard error, and the code is 2") func mistakes() throws {
        let broken = try Self.run(["schedule", "--cluster", "-"], input: "{apiVersion: v1, kind: Node}")
        #expect(broken.output == "")
        #expect(broken.error == "<stdin>:1: metadata: found nothing, expected a mapping with a name\n")
        #expect(broken.exitCode == 2)
        #expect(try Self.run(["schedul"]).exitCode == 2)
    }

    @Test("the answer no is code 1") func no() throws {
        let pod = "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c}]}}"
        #expect(try Self.run(["schedule", "--cluster", "-", "--require-all"], input: pod).exitCode == 1)
        #expect(try Self.run(["schedule", "--cluster", "-"], input: pod).exitCode == 0)
    }

    @Test("a full disk is code 3") func full() throws {
        let disk = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        let result = try Self.run(["version"], output: disk)
        #expect(result.exitCode == 3)
        #expect(result.error == "gangwright: cannot write the result: No space left on device\n")
    }

    @Test("a reader that goes away early is no failure") func closedPipe() throws {
        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        let result = try Self.run(["version"], output: pipe)
        #expect(result.exitCode == 0)
        #expect(result.error == "")
    }

    @Test("a pipe gets no colours") func colours() throws {
        let result = try Self.run(["schedule", "--cluster", "-", "-o", "wide"], input: Self.node)
        #expect(result.output.contains("node-0"))
        #expect(!result.output.contains("\u{1B}"))
    }
}
