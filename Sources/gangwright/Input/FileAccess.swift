import Glibc

/// What could not be read, and why.
struct FileError: Error, CustomStringConvertible {
    let path: String
    let reason: String

    var description: String { "\(path): \(reason)" }
}

/// Reads files and folders with the system's own words for what goes wrong.
enum FileAccess {
    /// The bytes of a file, or of standard input for `-`.
    static func read(_ path: String) throws(FileError) -> [UInt8] {
        if path == "-" { return try read(descriptor: STDIN_FILENO, path: "standard input") }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw FileError(path: path, reason: systemReason()) }
        defer { close(descriptor) }
        return try read(descriptor: descriptor, path: path)
    }

    private static func read(descriptor: Int32, path: String) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        var status = stat()
        if fstat(descriptor, &status) == 0 { bytes.reserveCapacity(Int(status.st_size)) }
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while bytes.count <= mostBytes {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError(path: path, reason: systemReason())
            }
            bytes.append(contentsOf: chunk[..<count])
        }
        throw FileError(path: path, reason: "found more than 2 GiB, expected less")
    }

    /// Writes a text to a file, in place of what it had.
    static func write(_ text: String, to path: String) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw FileError(path: path, reason: systemReason()) }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                let reason = systemReason()
                close(descriptor)
                throw FileError(path: path, reason: reason)
            }
            bytes = bytes.dropFirst(count)
        }
        if close(descriptor) != 0 { throw FileError(path: path, reason: systemReason()) }
    }

    /// No text that is read is larger; a device may never end.
    private static let mostBytes = 1 << 31

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The YAML and JSON files of a folder and of those below it, in byte-wise order.
    ///
    /// Links are followed, each folder once. Hidden files are left out, and so is what may never end, such as a pipe.
    static func documents(in folder: String) throws(FileError) -> [String] {
        var seen: Set<FolderIdentity> = []
        return try documents(in: folder, seen: &seen)
    }

    private struct FolderIdentity: Hashable {
        let device: UInt
        let inode: UInt
    }

    private static func documents(
        in folder: String, seen: inout Set<FolderIdentity>
    ) throws(FileError) -> [String] {
        var status = stat()
        guard stat(folder, &status) == 0 else { throw FileError(path: folder, reason: systemReason()) }
        let identity = FolderIdentity(device: UInt(status.st_dev), inode: UInt(status.st_ino))
        guard seen.insert(identity).inserted else { return [] }
        guard let directory = opendir(folder) else { throw FileError(path: folder, reason: systemReason()) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        var files: [String] = []
        for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
            if isFolder(path) {
                files += try documents(in: path, seen: &seen)
            } else if [".yaml", ".yml", ".json"].contains(where: name.hasSuffix), !isEndless(path) {
                files.append(path)
            }
        }
        return files
    }

    /// True for pipes, sockets and devices; a link that leads nowhere is none, so that reading it says what is wrong.
    private static func isEndless(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    }

    private static func systemReason() -> String { String(cString: strerror(errno)) }
}
