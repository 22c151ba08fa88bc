import Glibc

// Wiring only: the program is a function, and this gives it the process's words and streams.
var environment: [String: String] = [:]
for name in [
    "NO_COLOR", "TERM", "HOME", "KUBECONFIG", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT",
    "GANGWRIGHT_DATA", "NODE_NAME",
] {
    if let value = getenv(name) { environment[name] = String(cString: value) }
}
let style = Style(isTerminal: isatty(STDOUT_FILENO) == 1, environment: environment)
let outcome = Program(style: style, environment: environment).run(Array(CommandLine.arguments.dropFirst()))
let code = StandardStreams.write(outcome)
fflush(nil)
// Threads of libraries may still work: what they use must not be torn down under them, as exit would.
_exit(code.rawValue)
