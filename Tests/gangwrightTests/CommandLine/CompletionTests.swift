import Foundation
import Testing

@testable import gangwright

@Suite("Shells complete what the command tree declares")
struct CompletionTests {
    @Test("a script is valid where its shell is installed", arguments: Completion.Shell.allCases)
    func syntax(shell: Completion.Shell) throws {
        guard let path = installed(shell.rawValue) else {
            print("\(shell.rawValue) is not installed: its completion script was not checked")
            return
        }
        try withFolder { folder in
            let file = folder + "/script"
            try Completion.script(for: sample, shell: shell).write(
                toFile: file, atomically: true, encoding: .utf8)
            let result = try run(path, ["-n", file])
            #expect(result.status == 0, "\(result.output)")
            #expect(result.output == "")
        }
    }

    static let lines: [(words: [String], offered: [String])] = [
        (["sch"], ["schedule"]),
        ([""], ["schedule", "explain", "config", "completion", "version"]),
        (["--h"], ["--help"]),
        (["schedule", "--clu"], ["--cluster"]),
        (["schedule", "--c"], ["--cluster", "--config", "--cycles"]),
        (["schedule", "--output", ""], ["table", "wide", "json", "yaml"]),
        (["schedule", "-o", "j"], ["json"]),
        (["schedule", "--output", "="], ["table", "wide", "json", "yaml"]),
        (["schedule", "--output", "=", "w"], ["wide"]),
        (["schedule", "--output", "=", "json", "--req"], ["--require-all"]),
        (["schedule", "--namespace", "sch"], []),
        // A value that reads like a command is none.
        (["schedule", "-n", "config", "--req"], ["--require-all"]),
        (["schedule", "--", "--clu"], []),
        (["explain", ""], ["pod", "job"]),
        (["config", "--format", "n"], ["native"]),
        (["config", "check", "--f"], ["--format"]),
        (["completion", "b"], ["bash"]),
        (["version", ""], ["--help", "-h"]),
    ]

    @Test("bash offers commands, options and choices in their places", arguments: lines)
    func bash(words: [String], offered: [String]) throws {
        #expect(try completeInBash(words) == offered)
    }

    @Test("bash offers files where a file is wanted, blanks in names included")
    func bashFiles() throws {
        try withFolder { folder in
            for name in ["nodes one.yaml", "nodes.yaml", "pods.yaml"] {
                try "".write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
            }
            let expected = ["nodes one.yaml", "nodes.yaml"]
            #expect(try completeInBash(["schedule", "--cluster", "nod"], in: folder).sorted() == expected)
            #expect(
                try completeInBash(["schedule", "--cluster", "=", "nod"], in: folder).sorted() == expected)
            #expect(try completeInBash(["config", "check", "nod"], in: folder).sorted() == expected)
            #expect(try completeInBash(["config", "check", "--", "nod"], in: folder).sorted() == expected)
            #expect(try completeInBash(["schedule", "--output", "nod"], in: folder) == [])
        }
    }

    @Test("fish offers the same")
    func fish() throws {
        guard let path = installed("fish") else {
            print("fish is not installed: its completions were not tried")
            return
        }
        try withFolder { folder in
            let file = folder + "/script"
            try Completion.script(for: sample, shell: .fish).write(
                toFile: file, atomically: true, encoding: .utf8)
            for (line, offered) in [
                ("gangwright sch", ["schedule"]), ("gangwright schedule --clu", ["--cluster"]),
                ("gangwright schedule -o j", ["json"]), ("gangwright explain ", ["job", "pod"]),
                ("gangwright schedule -n config --req", ["--require-all"]),
                ("gangwright config --format=n", ["--format=native"]),
            ] {
                let result = try run(
                    path, ["--no-config", "-c", "source $argv[1]; complete -C$argv[2]", file, line],
                    environment: ["HOME": folder])
                let words = result.output.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
                #expect(words == offered, "\(line)")
            }
        }
    }

    @Test(
        "quotes, brackets and colons in a help text survive in every shell",
        arguments: Completion.Shell.allCases)
    func quoting(shell: Completion.Shell) throws {
        guard let path = installed(shell.rawValue) else {
            print("\(shell.rawValue) is not installed: quoting was not checked")
            return
        }
        let odd = Command(
            "odd", abstract: "It's [odd]: \"$HOME\" `x`",
            options: [Option(name: "a", metavar: "A:B", help: "It's [odd]: \"$HOME\" `x`")],
            subcommands: [Command("b", abstract: "It's [odd]: $(x)")])
        try withFolder { folder in
            let file = folder + "/script"
            try Completion.script(for: odd, shell: shell).write(
                toFile: file, atomically: true, encoding: .utf8)
            let result = try run(path, ["-n", file])
            #expect(result.status == 0, "\(result.output)")
            #expect(result.output == "")
        }
    }

    /// What bash puts into COMPREPLY for the words behind the program's name, the last one being typed.
    private func completeInBash(_ words: [String], in folder: String? = nil) throws -> [String] {
        let bash = try #require(installed("bash"))
        let line = (["gangwright"] + words).map(Completion.quoted).joined(separator: " ")
        let script = """
            \(Completion.script(for: sample, shell: .bash))
            COMP_WORDS=(\(line))
            COMP_CWORD=\(words.count)
            _gangwright
            for word in "${COMPREPLY[@]}"; do printf '%s\\n' "$word"; done
            """
        let result = try run(bash, ["--norc", "-c", script], in: folder)
        #expect(result.status == 0, "\(result.output)")
        return result.output.split(separator: "\n").map(String.init)
    }

    private func installed(_ program: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/completion-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    /// Runs a program to its end; output and errors come together.
    private func run(
        _ path: String, _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:]
    ) throws -> (status: Int32, output: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
