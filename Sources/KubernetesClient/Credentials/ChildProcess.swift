import Glibc

/// Runs a program and takes what it prints.
enum ChildProcess {
    struct Outcome {
        /// The exit code, or 128 and the number of the signal that ended it.
        let status: Int32
        let output: [UInt8]
    }

    struct Failure: Error {
        let reason: String
        /// Whether there is no such program.
        let isMissing: Bool
    }

    private static let mostBytes = 4 << 20

    /// Runs `arguments`, whose first is the program, and waits for its end. Blocks; give it a thread of its own.
    ///
    /// Its errors go where ours go. It is found in our own PATH unless it has a slash.
    ///
    /// - Parameter isInteractive: Whether it reads from our standard input; else it finds an empty one.
    static func run(
        _ arguments: [String], environment: [(name: String, value: String)], isInteractive: Bool,
        timeout: Duration
    ) throws(Failure) -> Outcome {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw failure(errno) }
        let (output, input) = (ends[0], ends[1])
        defer { close(output) }
        let spawned = spawn(arguments, environment, output: input, isInteractive: isInteractive)
        close(input)
        let process = try spawned.get()
        let deadline = ContinuousClock.now + timeout
        do {
            let bytes = try readAll(output, until: deadline)
            return Outcome(status: try wait(process, until: deadline), output: bytes)
        } catch {
            // Alone, or with what it started where it has a group of its own.
            kill(isInteractive ? process : -process, SIGKILL)
            var status: Int32 = 0
            while waitpid(process, &status, 0) < 0, errno == EINTR {}
            throw error
        }
    }

    private static func spawn(
        _ arguments: [String], _ environment: [(name: String, value: String)], output: Int32,
        isInteractive: Bool
    ) -> Result<pid_t, Failure> {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if !isInteractive {
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        // Our connections are none of its business, nor are the pipes of others, which would not end before it does.
        for descriptor in openDescriptors() where descriptor > STDERR_FILENO {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Threads of ours block signals, which the program would inherit.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        // What reads from the terminal has to stay in the terminal's group.
        let group = isInteractive ? 0 : POSIX_SPAWN_SETPGROUP
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | group))
        posix_spawnattr_setpgroup(&attributes, 0)
        let variables = currentEnvironment(replacing: environment)
        var argumentPointers = arguments.map { strdup($0) } + [nil]
        var variablePointers = variables.map { strdup($0) } + [nil]
        defer { for pointer in argumentPointers + variablePointers { free(pointer) } }
        var process: pid_t = 0
        let refusal = posix_spawnp(
            &process, arguments[0], &actions, &attributes, &argumentPointers, &variablePointers)
        return refusal == 0 ? .success(process) : .failure(failure(refusal))
    }

    /// What is open now. What is opened or closed a moment later does no harm: closing it twice is no error.
    private static func openDescriptors() -> [Int32] {
        guard let folder = opendir("/proc/self/fd") else { return [] }
        defer { closedir(folder) }
        var descriptors: [Int32] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let descriptor = Int32(name) { descriptors.append(descriptor) }
        }
        return descriptors
    }

    private static func currentEnvironment(replacing new: [(name: String, value: String)]) -> [String] {
        let own = ProcessEnvironment.current.filter { variable in !new.contains { $0.name == variable.key } }
        return own.map { "\($0.key)=\($0.value)" }.sorted() + new.map { "\($0.name)=\($0.value)" }
    }

    private static func readAll(_ descriptor: Int32, until deadline: ContinuousClock.Instant) throws(Failure)
        -> [UInt8]
    {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let left = deadline - ContinuousClock.now
            guard left > .zero else { throw timedOut }
            let ready = poll(&waiting, 1, Int32(clamping: left.milliseconds))
            if ready < 0, errno != EINTR { throw failure(errno) }
            if ready <= 0 { continue }
            let count = read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0, errno != EINTR { throw failure(errno) }
            if count > 0 { bytes.append(contentsOf: chunk[..<count]) }
            if bytes.count > mostBytes {
                throw Failure(reason: "printed more than \(mostBytes) bytes", isMissing: false)
            }
        }
    }

    private static func wait(_ process: pid_t, until deadline: ContinuousClock.Instant) throws(Failure)
        -> Int32
    {
        var status: Int32 = 0
        while true {
            let ended = waitpid(process, &status, WNOHANG)
            if ended == process { break }
            if ended < 0, errno != EINTR { throw failure(errno) }
            guard ContinuousClock.now < deadline else { throw timedOut }
            usleep(2_000)
        }
        let signal = status & 0x7F
        return signal == 0 ? status >> 8 & 0xFF : 128 + signal
    }

    private static let timedOut = Failure(reason: "did not end in time", isMissing: false)

    private static func failure(_ code: Int32) -> Failure {
        Failure(reason: String(cString: strerror(code)), isMissing: code == ENOENT)
    }
}
