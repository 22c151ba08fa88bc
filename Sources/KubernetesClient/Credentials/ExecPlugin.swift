import ClusterModel
public import Documents
import Glibc

/// A program that gives credentials: `user.exec` of a kubeconfig, `client.authentication.k8s.io`.
public struct ExecPlugin: Sendable {
    /// The versions of the protocol that both sides may speak.
    static let versions = ["v1", "v1beta1"].map { "client.authentication.k8s.io/\($0)" }

    /// Whether the program may ask the person at the terminal.
    public enum InteractiveMode: String, Sendable {
        /// Never.
        case never = "Never"
        /// Where there is one.
        case ifAvailable = "IfAvailable"
        /// It must be there.
        case always = "Always"
    }

    /// The version of the protocol.
    public var apiVersion: String
    /// The program: a path, or a name to look for in PATH.
    public var command: String
    /// What it is called with.
    public var arguments: [String] = []
    /// Variables that it finds besides our own.
    public var environment: [(name: String, value: String)] = []
    /// What to tell a person who does not have the program.
    public var installHint = ""
    /// Whether the program may ask the person at the terminal.
    public var interactiveMode = InteractiveMode.ifAvailable
    /// The cluster, as the program wants it described; nil when it does not.
    public var cluster: OutputValue?
    /// How long the program may take.
    public var timeout = Duration.seconds(60)

    /// Describes a program.
    public init(apiVersion: String, command: String) {
        self.apiVersion = apiVersion
        self.command = command
    }

    /// Runs the program on a thread of its own.
    func run() async throws(CredentialError) -> (Credentials, expiry: Timestamp?) {
        let hasTerminal = isatty(STDIN_FILENO) == 1
        let isInteractive = interactiveMode != .never && hasTerminal
        if interactiveMode == .always, !hasTerminal {
            throw failure("needs a terminal to ask (interactiveMode: Always), and there is none")
        }
        return try read(await onThread { execute(isInteractive: isInteractive) })
    }

    private func execute(isInteractive: Bool) -> Result<ChildProcess.Outcome, ChildProcess.Failure> {
        let variables = environment + [("KUBERNETES_EXEC_INFO", request(isInteractive: isInteractive))]
        return Result { () throws(ChildProcess.Failure) in
            try ChildProcess.run(
                [command] + arguments, environment: variables, isInteractive: isInteractive, timeout: timeout)
        }
    }

    /// What the program finds in `KUBERNETES_EXEC_INFO`.
    func request(isInteractive: Bool) -> String {
        var spec: [(String, OutputValue)] = []
        if let cluster { spec.append(("cluster", cluster)) }
        spec.append(("interactive", .bool(isInteractive)))
        let object: OutputValue = [
            "kind": "ExecCredential", "apiVersion": .string(apiVersion), "spec": .object(spec),
        ]
        return object.json(pretty: false)
    }

    private func read(
        _ result: Result<ChildProcess.Outcome, ChildProcess.Failure>
    ) throws(CredentialError) -> (Credentials, expiry: Timestamp?) {
        switch result {
        case .failure(let error):
            let hint = error.isMissing && !installHint.isEmpty ? "\n\(installHint)" : ""
            throw failure("\(error.reason)\(hint)")
        case .success(let outcome):
            guard outcome.status == 0 else { throw failure("ended with exit code \(outcome.status)") }
            return try read(outcome.output)
        }
    }

    /// Reads what the program printed.
    func read(_ output: [UInt8]) throws(CredentialError) -> (Credentials, expiry: Timestamp?) {
        let parsed = DocumentParser.parseJSON(output, file: "its output")
        if let problem = parsed.problems.first { throw failure(problem.description) }
        guard let document = parsed.documents.first else {
            throw failure("printed nothing, expected an ExecCredential")
        }
        let sink = ProblemSink()
        let object = FieldReader(document, sink: sink)
        if object.string("kind") != "ExecCredential" { object.report("kind", "expected ExecCredential") }
        if let found = object.requiredString("apiVersion"), found != apiVersion {
            object.report("apiVersion", "found \(found), expected \(apiVersion) as in the configuration")
        }
        let status = object.object("status")
        if status == nil { object.report("status", "found nothing, expected the credentials") }
        let token = status?.string("token") ?? ""
        let certificate = status?.string("clientCertificateData") ?? ""
        let key = status?.string("clientKeyData") ?? ""
        if let status {
            if certificate.isEmpty != key.isEmpty {
                status.report(
                    "clientKeyData", "expected both clientCertificateData and clientKeyData, or neither")
            } else if token.isEmpty, certificate.isEmpty {
                status.report("token", "found nothing, expected a token or a client certificate")
            }
        }
        let expiryText = status?.string("expirationTimestamp")
        let expiry = expiryText.flatMap { Timestamp(rfc3339: $0) }
        if let expiryText, expiry == nil {
            status?.report(
                "expirationTimestamp", "found \(expiryText), expected a time such as 2026-03-01T08:00:00Z")
        }
        if let problem = sink.problems.first { throw failure(problem.description) }
        var credentials = Credentials(bearerToken: token.isEmpty ? nil : token)
        if !certificate.isEmpty {
            credentials.clientCertificate = ClientCertificate(
                certificate: .data(Array(certificate.utf8)), key: .data(Array(key.utf8)))
        }
        return (credentials, expiry)
    }

    private func failure(_ reason: String) -> CredentialError {
        CredentialError(description: "credential plugin \(command): \(reason)")
    }
}

/// Runs what blocks on a thread of its own, so that it holds up no task.
private func onThread<Answer: Sendable>(_ work: @escaping @Sendable () -> Answer) async -> Answer {
    await withCheckedContinuation { continuation in
        let job = Job { continuation.resume(returning: work()) }
        var thread = pthread_t()
        let context = Unmanaged.passRetained(job)
        if pthread_create(&thread, nil, runJob, context.toOpaque()) == 0 {
            pthread_detach(thread)
        } else {
            // Better late than never.
            context.release()
            job.work()
        }
    }
}

private final class Job: Sendable {
    let work: @Sendable () -> Void

    init(_ work: @escaping @Sendable () -> Void) { self.work = work }
}

private func runJob(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<Job>.fromOpaque(context).takeRetainedValue().work()
    return nil
}
