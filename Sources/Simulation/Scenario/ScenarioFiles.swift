/// Where a scenario's files come from: the file system, or a test's memory.
public protocol ScenarioFiles: Sendable {
    /// The bytes of a file.
    ///
    /// - Throws: why it cannot be read.
    func read(_ path: String) throws(ScenarioFileError) -> [UInt8]

    /// The YAML and JSON files of a folder and of those below it, in byte-wise order; nil for what is no folder.
    ///
    /// - Throws: why it cannot be listed.
    func documents(in path: String) throws(ScenarioFileError) -> [String]?

    /// The value of an environment variable; nil if it is not set.
    func environment(_ name: String) -> String?
}

/// A file that could not be read, and why.
public struct ScenarioFileError: Error, Sendable, Equatable {
    /// The file.
    public var path: String
    /// The system's words.
    public var reason: String

    /// An error of a file.
    public init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }
}

/// A path as a scenario writes it, made one that can be opened.
enum ScenarioPath {
    /// Puts environment variables in, and takes the path from the scenario's folder if it is a relative one.
    ///
    /// - Throws: the name of a variable that is not set, or what is wrong with the text.
    static func resolve(
        _ text: String, besides scenario: String, _ files: any ScenarioFiles
    ) throws(ScenarioPathError) -> String {
        let path = try expand(text, files.environment)
        if path.hasPrefix("/") { return path }
        guard let slash = scenario.lastIndex(of: "/") else { return path }
        return scenario[...slash] + path
    }

    /// Puts environment variables in.
    ///
    /// - Throws: the name of a variable that is not set, or what is wrong with the text.
    static func expand(
        _ text: String, _ environment: (String) -> String?
    ) throws(ScenarioPathError) -> String {
        var path = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            path += rest[..<start.lowerBound]
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
                throw ScenarioPathError(
                    message: "found ${ without }, expected the name of a variable in ${NAME}")
            }
            let name = String(rest[start.upperBound..<end])
            guard let value = environment(name), !value.isEmpty else {
                throw ScenarioPathError(
                    message: "found the environment variable \(name), which is not set, expected a value: "
                        + "export \(name)=FOLDER")
            }
            path += value
            rest = rest[rest.index(after: end)...]
        }
        path += rest
        return path
    }
}

/// What is wrong with a path.
struct ScenarioPathError: Error {
    var message: String
}
