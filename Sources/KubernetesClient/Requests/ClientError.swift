public import Documents

/// Why a call to the API server failed.
public enum ClientError: Error, Sendable, CustomStringConvertible {
    /// The server refused.
    case refused(APIStatus)
    /// There was no whole answer.
    case transport(TransportError)
    /// There are no credentials to ask with.
    case credentials(CredentialError)
    /// The answer is not what the API promises.
    case malformedAnswer(Problem)

    /// The failure in one line.
    public var description: String {
        switch self {
        case .refused(let status): status.description
        case .transport(let error): error.description
        case .credentials(let error): error.description
        case .malformedAnswer(let problem): problem.description
        }
    }

    /// What the server said; nil for failures of other kinds.
    public var status: APIStatus? {
        if case .refused(let status) = self { status } else { nil }
    }

    /// Whether the task that waited was cancelled.
    public var isCancellation: Bool {
        if case .transport(let error) = self { error.kind == .cancelled } else { false }
    }

    static let cancelled = ClientError.transport(.cancelled)
}
