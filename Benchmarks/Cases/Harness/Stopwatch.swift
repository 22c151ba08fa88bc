import Glibc

/// Time that passed on the wall and on the processor, in seconds.
struct Elapsed: Sendable {
    var wall = 0.0
    var cpu = 0.0

    static func += (left: inout Elapsed, right: Elapsed) {
        left.wall += right.wall
        left.cpu += right.cpu
    }
}

/// Reads both clocks at once.
struct Stopwatch {
    private let wall = ContinuousClock.now
    private let cpu = Self.cpuSeconds

    /// The time since it was made.
    func elapsed() -> Elapsed {
        let cpu = Self.cpuSeconds - self.cpu
        return Elapsed(wall: (ContinuousClock.now - wall).seconds, cpu: cpu)
    }

    /// The processor time of all threads of this process.
    private static var cpuSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
