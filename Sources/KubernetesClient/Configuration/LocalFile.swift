import Glibc

/// Small files: configurations, tokens.
enum LocalFile {
    /// What could not be read, and why.
    struct Failure: Error, CustomStringConvertible {
        let path: String
        let reason: String

        var description: String { "\(path): \(reason)" }
    }

    /// No file that is read here is larger; a device may never end.
    private static let mostBytes = 16 << 20

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func read(_ path: String) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw Failure(path: path, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= mostBytes {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw Failure(path: path, reason: String(cString: strerror(errno)))
            }
            bytes.append(contentsOf: chunk[..<count])
        }
        throw Failure(path: path, reason: "found more than \(mostBytes) bytes, expected less")
    }

    /// `path` as seen from the folder of `file`, unless it is absolute.
    static func resolve(_ path: String, from file: String) -> String {
        guard !path.isEmpty, !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
        return file[...slash] + path
    }
}

extension String {
    /// Without spaces, tabs and line ends at both ends.
    var trimmingWhitespace: String {
        let start = drop { $0.isWhitespace }
        let kept = start.reversed().drop { $0.isWhitespace }
        return String(kept.reversed())
    }
}
