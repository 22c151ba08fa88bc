/// What the command line asks for.
struct LoadOptions {
    /// Which of the two programs runs.
    enum Task {
        case bench, demo
    }

    static let usage = """
        usage: gangwright-load bench --kubeconfig FILE --scheduler-kubeconfig FILE [--program FILE] [--nodes N] [--running N]
                                     [--pods N] [--gang N] [--connections N] [--repetitions N]
                                     [--peer COMMAND --peer-scheduler NAME]
               gangwright-load demo --kubeconfig FILE --scheduler-kubeconfig FILE [--program FILE] [--nodes N] [--seconds N]

        bench: how fast waiting gangs are bound, by a client that only posts bindings, by gangwright run, and by another
        scheduler, on one API server in one run. A peer's COMMAND is run by sh with $KUBECONFIG set, and places the pods that
        ask for NAME. demo: fake nodes and a stream of training jobs, which gangwright run places until Ctrl-C.
        """

    var task = Task.bench
    /// A kubeconfig that may do anything.
    var kubeconfig = ""
    /// The kubeconfig of the scheduler's own role.
    var schedulerKubeconfig = ""
    var program = ".build/release/gangwright"
    var nodes = 500
    /// Pods that are on nodes before anything is measured.
    var running = 0
    /// Pods that wait.
    var pods = 2_000
    /// Pods a gang.
    var gang = 8
    var connections = 32
    var repetitions = 3
    var peer: String?
    var peerScheduler = "volcano"
    /// How long the demonstration lasts; nil until somebody ends it.
    var seconds: Int?

    /// Reads the words after the program's name.
    init(_ words: [String]) throws(UsageError) {
        switch words.first {
        case "bench": task = .bench
        case "demo":
            task = .demo
            nodes = 16
        default:
            throw UsageError("found \(words.first.map { "\"\($0)\"" } ?? "nothing"), expected bench or demo")
        }
        var words = words.dropFirst()
        while let word = words.popFirst() {
            guard let value = words.popFirst() else { throw UsageError("\(word) needs a value") }
            switch word {
            case "--kubeconfig": kubeconfig = value
            case "--scheduler-kubeconfig": schedulerKubeconfig = value
            case "--program": program = value
            case "--nodes": nodes = try Self.number(value, word)
            case "--running": running = try Self.number(value, word, from: 0)
            case "--pods": pods = try Self.number(value, word)
            case "--gang": gang = try Self.number(value, word)
            case "--connections": connections = try Self.number(value, word)
            case "--repetitions": repetitions = try Self.number(value, word)
            case "--peer": peer = value
            case "--peer-scheduler": peerScheduler = value
            case "--seconds": seconds = try Self.number(value, word)
            default: throw UsageError("unknown option \(word)")
            }
        }
        if kubeconfig.isEmpty { throw UsageError("--kubeconfig is missing") }
        if schedulerKubeconfig.isEmpty { schedulerKubeconfig = kubeconfig }
    }

    private static func number(_ text: String, _ option: String, from least: Int = 1) throws(UsageError)
        -> Int
    {
        guard let number = Int(text), number >= least else {
            throw UsageError("\(option): found \"\(text)\", expected a number from \(least) on")
        }
        return number
    }
}

/// A command line that means nothing.
struct UsageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
