import Glibc
import Simulation
import Synchronization

/// Tells a terminal how far runs are; says nothing in a pipe, or of what is over in a moment.
final class SimulationProgress: Sendable {
    private struct State {
        /// How far each run is that has begun and is not done.
        var running: [Int: SimulationEngine.Progress] = [:]
        var finished = 0
        /// When something was shown last; what is over before the first time is not shown.
        var shown = ContinuousClock.now
        var hasShown = false
    }

    private let runs: Int
    private let isTerminal: Bool
    private let state = Mutex(State())

    /// How long to wait before something is shown, and until it is shown anew.
    private static let pause = Duration.milliseconds(200)

    init(runs: Int, isTerminal: Bool = isatty(STDERR_FILENO) == 1) {
        self.runs = runs
        self.isTerminal = isTerminal
    }

    /// A run has got on.
    func tell(_ run: Int, _ progress: SimulationEngine.Progress) {
        guard isTerminal else { return }
        state.withLock { state in
            state.running[run] = progress
            show(&state)
        }
    }

    /// A run is done.
    func finishRun(_ run: Int) {
        guard isTerminal else { return }
        state.withLock { state in
            state.running[run] = nil
            state.finished += 1
            show(&state)
        }
    }

    /// Takes away what was shown.
    func end() { if state.withLock({ $0.hasShown }) { Self.write("\r\u{1B}[K") } }

    private func show(_ state: inout State) {
        let now = ContinuousClock.now
        guard now - state.shown >= Self.pause else { return }
        (state.shown, state.hasShown) = (now, true)
        let running = state.running.sorted { $0.key < $1.key }.map(\.value)
        Self.write("\r\u{1B}[K" + Self.text(runs: runs, finished: state.finished, running))
    }

    /// `31 %: 2d 4h of 7d`, or of several runs `3 of 10 runs, 34 %`.
    static func text(runs: Int, finished: Int, _ running: [SimulationEngine.Progress]) -> String {
        let parts = running.reduce(Double(finished)) { $0 + $1.part } / Double(max(1, runs))
        let percent = "\(Int(parts * 100)) %"
        guard runs == 1, let run = running.first else {
            return "\(finished) of \(Count.of(runs, "run")), \(percent)"
        }
        func text(_ time: Int64) -> String { FigureText.duration(seconds: Double(time) / 1_000) }
        let time = text(run.time)
        if let duration = run.duration { return "\(percent): \(time) of \(text(duration))" }
        return "\(percent): \(time), \(run.submitted) of \(Count.of(run.jobs, "job")) submitted"
    }

    private static func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
