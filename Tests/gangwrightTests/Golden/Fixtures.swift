import Foundation

@testable import gangwright

/// The files beside the tests.
enum Fixtures {
    /// The folder of all of them.
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")

    /// Runs a command line, in which words such as `cluster` or `configurations/volcano.conf` name files of the folder.
    ///
    /// What the program prints names them in the same way, wherever the repository lies.
    static func run(_ line: String) -> CommandOutcome {
        let commands = Set(Program.root.flattened().flatMap(\.names))
        let words = line.split(separator: " ").map { word in
            let path = folder.appending(path: String(word)).path(percentEncoded: false)
            let isFile = FileManager.default.fileExists(atPath: path)
            precondition(!isFile || !commands.contains(String(word)), "\(word) is a file and a command")
            return isFile ? path : String(word)
        }
        var outcome = Program().run(words)
        let prefix = folder.path(percentEncoded: false)
        let root = prefix.hasSuffix("/") ? prefix : prefix + "/"
        outcome.standardOutput = outcome.standardOutput.replacingOccurrences(of: root, with: "")
        outcome.standardError = outcome.standardError.replacingOccurrences(of: root, with: "")
        return outcome
    }
}

/// A folder that is gone when the test is.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "gangwright-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// The path of a file in the folder.
    func path(_ name: String) -> String { url.appending(path: name).path(percentEncoded: false) }

    /// Writes a file, with the folders that its name asks for; its path.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        return file.path(percentEncoded: false)
    }
}
