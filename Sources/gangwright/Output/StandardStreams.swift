import Glibc

/// Writes an outcome to the process's streams.
enum StandardStreams {
    /// Writes both texts, and says what to exit with.
    ///
    /// A reader that goes away early (`| head`) is no failure; a full disk is.
    static func write(_ outcome: CommandOutcome) -> ExitCode {
        signal(SIGPIPE, SIG_IGN)
        _ = write(outcome.standardError, to: STDERR_FILENO)
        let failure = write(outcome.standardOutput, to: STDOUT_FILENO)
        if failure == 0 || failure == EPIPE { return outcome.exitCode }
        _ = write(
            "gangwright: cannot write the result: \(String(cString: strerror(failure)))\n", to: STDERR_FILENO)
        return .outsideWorld
    }

    /// Writes a text whole; the system's error number, 0 if there was none.
    private static func write(_ text: String, to descriptor: Int32) -> Int32 {
        var text = text
        return text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0 {
                    if errno == EINTR { continue }
                    return errno
                }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
            return 0
        }
    }
}
