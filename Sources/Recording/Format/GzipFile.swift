internal import CZLib
internal import Glibc

/// Why a file of a recording could not be opened, read or written.
public struct FileFailure: Error, CustomStringConvertible, Equatable {
    /// The file.
    public let path: String
    /// The system's words.
    public let reason: String

    /// `path: reason`.
    public var description: String { "\(path): \(reason)" }

    init(_ path: String, _ reason: String) {
        self.path = path
        self.reason = reason
    }

    init(errno path: String) { self.init(path, String(cString: strerror(errno))) }

    /// What zlib says of a file, or the system through it; it puts its own name of the file before.
    fileprivate init(_ path: String, _ file: gzFile) {
        var code: Int32 = 0
        let text = gzerror(file, &code).map { String(cString: $0) } ?? ""
        let begin = text.firstRange(of: ">: ")?.upperBound ?? text.startIndex
        self.init(path, String(text[begin...]))
    }
}

/// A new file that is compressed while it is written.
struct GzipWriter: ~Copyable {
    private let file: gzFile
    private let path: String

    /// Creates a file that must not exist; others may not read it: objects may hold what is not for everybody.
    init(creating path: String) throws(FileFailure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileFailure(errno: path) }
        try self.init(descriptor: descriptor, path: path)
    }

    /// Takes a file over that is open.
    init(descriptor: Int32, path: String) throws(FileFailure) {
        // The quickest level: objects repeat themselves so much that the others gain little.
        file = try openGzip(descriptor, "wb1", path)
        self.path = path
    }

    deinit { gzclose(file) }

    borrowing func write(_ bytes: [UInt8]) throws(FileFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            // zlib counts in 32 bits.
            let part = rest.prefix(1 << 28)
            let written = part.withUnsafeBytes { gzwrite(file, $0.baseAddress, UInt32($0.count)) }
            guard written > 0 else { throw FileFailure(path, file) }
            rest = rest.dropFirst(Int(written))
        }
    }

    /// Hands everything to the system: whoever reads the file from now on gets all of it.
    ///
    /// - Returns: The length of the file.
    borrowing func flush() throws(FileFailure) -> Int64 {
        guard gzflush(file, Z_SYNC_FLUSH) == Z_OK else { throw FileFailure(path, file) }
        return Int64(gzoffset(file))
    }

    /// Marks the end, so that readers know that nothing is missing.
    borrowing func finish() throws(FileFailure) {
        guard gzflush(file, Z_FINISH) == Z_OK else { throw FileFailure(path, file) }
    }
}

/// A file that is decompressed while it is read; one that is not compressed is read as it is.
struct GzipReader: ~Copyable {
    private let file: gzFile
    private let path: String

    init(_ path: String) throws(FileFailure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure(errno: path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            close(descriptor)
            throw FileFailure(path, String(cString: strerror(EISDIR)))
        }
        file = try openGzip(descriptor, "rb", path)
        self.path = path
    }

    deinit { gzclose(file) }

    /// What comes next, at most so many bytes; empty at the end.
    borrowing func read(atMost count: Int) throws(FileFailure) -> [UInt8] {
        var failure = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            let read = gzread(file, buffer.baseAddress, UInt32(count))
            failure = read < 0
            filled = max(0, Int(read))
        }
        if failure { throw FileFailure(path, file) }
        return bytes
    }

    /// Whether the file ends in the middle of what was compressed: whoever wrote it was interrupted, or still writes.
    var isCut: Bool {
        var code: Int32 = 0
        _ = gzerror(file, &code)
        return code == Z_BUF_ERROR
    }
}

/// zlib's view of an open file, which is closed with it.
private func openGzip(_ descriptor: Int32, _ mode: String, _ path: String) throws(FileFailure) -> gzFile {
    guard let file = gzdopen(descriptor, mode) else {
        close(descriptor)
        throw FileFailure(path, "no memory")
    }
    gzbuffer(file, 1 << 17)
    return file
}
