/// Exchanges requests and answers with one server, over connections that are kept.
///
/// libcurl runs on one thread for all of them; callers wait without blocking one. A task that is cancelled ends its
/// exchange. The thread ends, and with it all connections, when the last reference goes; streams hold one.
public final class Transport: Sendable {
    fileprivate let driver: TransferDriver

    /// Starts the thread; connects to nobody yet.
    public init(_ settings: TransportSettings) throws(TransportError) {
        driver = try TransferDriver(settings)
    }

    deinit {
        shutDown()
    }

    /// Ends what is under way with `shutDown`, and whatever is asked later.
    public func shutDown() {
        driver.send(.stop)
    }

    /// Sends a request and waits for the whole answer, whatever its status.
    ///
    /// - Throws: When there is no whole answer; see `TransportError.isBeforeSending` before trying again.
    public func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let transfer = Transfer(request, delivery: .whole, settings: driver.settings)
        driver.send(.start(transfer))
        await driver.wait(transfer, for: .end)
        let body = try transfer.takeBody()
        return HTTPResponse(head: try transfer.head(), body: body)
    }

    /// Sends a request and waits for status and headers; the body follows as lines.
    public func open(_ request: HTTPRequest) async throws(TransportError) -> ResponseStream {
        let transfer = Transfer(request, delivery: .lines, settings: driver.settings)
        driver.send(.start(transfer))
        await driver.wait(transfer, for: .head)
        return ResponseStream(head: try transfer.head(), transfer: transfer, transport: self)
    }

}

/// An answer whose body goes on and on, read by one task.
///
/// Ends its exchange when the last reference goes.
public final class ResponseStream: Sendable {
    /// Status and headers.
    public let head: ResponseHead
    private let transfer: Transfer
    private let transport: Transport

    fileprivate init(head: ResponseHead, transfer: Transfer, transport: Transport) {
        self.head = head
        self.transfer = transfer
        self.transport = transport
    }

    deinit {
        transport.driver.send(.cancel(transfer))
    }

    /// All lines that have come since the last call, each with its line feed; nil after the last one.
    ///
    /// What stands behind the last line feed when the server ends the body is no line and is dropped: the peer was cut.
    /// While lines are not fetched, the server has to wait.
    public func nextLines() async throws(TransportError) -> [UInt8]? {
        await transport.driver.wait(transfer, for: .line)
        guard let (lines, wasPaused) = try transfer.takeLines() else { return nil }
        if wasPaused { transport.driver.send(.resume(transfer)) }
        return lines
    }

    /// The rest of the body as one piece, for an answer that is an error.
    public func wholeBody() async throws(TransportError) -> [UInt8] {
        await transport.driver.wait(transfer, for: .end)
        return try transfer.takeBody()
    }
}

extension TransferDriver {
    /// Waits; a task that is cancelled meanwhile ends the transfer.
    fileprivate func wait(_ transfer: Transfer, for milestone: Transfer.Milestone) async {
        await withTaskCancellationHandler {
            await transfer.wait(for: milestone)
        } onCancel: {
            send(.cancel(transfer))
        }
    }
}
