import CLibCurl
import Glibc
import Synchronization

/// libcurl's multi handle on a thread of its own, and the inbox by which others reach it.
final class TransferDriver: Sendable {
    enum Command {
        case start(Transfer)
        case cancel(Transfer)
        case resume(Transfer)
        case stop
    }

    private struct Inbox {
        var commands: [Command] = []
        var isClosed = false
    }

    let settings: TransportSettings
    /// Belongs to the thread; others only wake it, under the inbox's lock and before it is closed.
    nonisolated(unsafe) let multi: UnsafeMutableRawPointer
    private let inbox = Mutex(Inbox())

    init(_ settings: TransportSettings) throws(TransportError) {
        guard globalInitialisation == CURLE_OK, let multi = curl_multi_init() else {
            throw TransportError(
                kind: .invalidRequest, detail: "libcurl does not start: no memory, or no TLS")
        }
        self.settings = settings
        self.multi = multi
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let refusal = pthread_create(&thread, nil, runTransfers, context.toOpaque())
        guard refusal == 0 else {
            context.release()
            curl_multi_cleanup(multi)
            let reason = String(cString: strerror(refusal))
            throw TransportError(kind: .invalidRequest, detail: "no thread for connections: \(reason)")
        }
        pthread_detach(thread)
    }

    /// Leaves a command for the thread, which carries commands out in their order.
    func send(_ command: Command) {
        let isLate = inbox.withLock { inbox in
            if inbox.isClosed { return true }
            inbox.commands.append(command)
            // One wake-up serves all that has gathered until the thread looks.
            if inbox.commands.count == 1 { curl_multi_wakeup(multi) }
            return false
        }
        if isLate, case .start(let transfer) = command { transfer.finish(.failure(.shutDown)) }
    }

    /// The commands so far; for the thread.
    func takeCommands() -> [Command] {
        inbox.withLock { inbox in
            var commands: [Command] = []
            swap(&commands, &inbox.commands)
            return commands
        }
    }

    /// Closes the inbox: nobody touches the multi handle from here on.
    func close() -> [Command] {
        inbox.withLock { inbox in
            inbox.isClosed = true
            defer { inbox.commands = [] }
            return inbox.commands
        }
    }
}

extension TransportError {
    static let shutDown = TransportError(kind: .shutDown, detail: "the client was shut down")
    static let cancelled = TransportError(kind: .cancelled, detail: "cancelled")
}

/// Once a process, before any handle; libcurl keeps it until the process ends.
private let globalInitialisation = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

private func runTransfers(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    // OpenSSL writes to connections that the peer has closed, and libcurl without signals lets SIGPIPE happen, which
    // would end the process. Other signals are other threads' business.
    var signals = sigset_t()
    sigfillset(&signals)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    var loop = TransferLoop(Unmanaged<TransferDriver>.fromOpaque(context).takeRetainedValue())
    loop.run()
    return nil
}

/// What the thread does: takes commands, lets libcurl work, ends transfers.
private struct TransferLoop: ~Copyable {
    private let driver: TransferDriver
    private var running: [UnsafeMutableRawPointer: TransferHandle] = [:]
    private var handles: [ObjectIdentifier: UnsafeMutableRawPointer] = [:]
    private var streams = 0

    /// An upper bound only: libcurl's own timers and wake-ups come first.
    private static let longestWaitMilliseconds: Int32 = 60_000

    init(_ driver: TransferDriver) {
        self.driver = driver
        let settings = driver.settings
        clibcurl_multi_set_long(driver.multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
        clibcurl_multi_set_long(driver.multi, CURLMOPT_MAX_CONCURRENT_STREAMS, 1000)
        // Kept alive: as many as may be open, and a few streams.
        clibcurl_multi_set_long(driver.multi, CURLMOPT_MAXCONNECTS, settings.maximumConnections + 32)
        allowConnections()
    }

    deinit {
        curl_multi_cleanup(driver.multi)
    }

    mutating func run() {
        while carryOut(driver.takeCommands()) {
            var active: Int32 = 0
            curl_multi_perform(driver.multi, &active)
            finishDone()
            curl_multi_poll(driver.multi, nil, 0, Self.longestWaitMilliseconds, nil)
        }
        let late = driver.close()
        for handle in running.keys { end(handle, .failure(.shutDown)) }
        for case .start(let transfer) in late { transfer.finish(.failure(.shutDown)) }
    }

    /// False when the thread has to stop.
    private mutating func carryOut(_ commands: [TransferDriver.Command]) -> Bool {
        var goesOn = true
        for command in commands {
            switch command {
            case .start(let transfer): start(transfer)
            case .cancel(let transfer):
                if let handle = handles[ObjectIdentifier(transfer)] { end(handle, .failure(.cancelled)) }
            case .resume(let transfer):
                // May hand over bytes before it returns; if that ends the transfer, libcurl reports it as any other end.
                if let handle = handles[ObjectIdentifier(transfer)] {
                    curl_easy_pause(handle, CURLPAUSE_CONT)
                }
            case .stop: goesOn = false
            }
        }
        return goesOn
    }

    private mutating func start(_ transfer: Transfer) {
        // A new handle each time: connections live in the multi handle, and one that was used over HTTP/2 may keep
        // buffers through curl_easy_reset, and then refuse options.
        guard let handle = curl_easy_init() else {
            return transfer.finish(.failure(TransportError(kind: .invalidRequest, detail: "no memory")))
        }
        let work = TransferHandle(transfer, handle: handle, settings: driver.settings)
        if let refusal = work.refusal { return transfer.finish(.failure(refusal)) }
        running[handle] = work
        handles[ObjectIdentifier(transfer)] = handle
        if transfer.delivery == .lines {
            streams += 1
            allowConnections()
        }
        curl_multi_add_handle(driver.multi, handle)
    }

    private mutating func finishDone() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(driver.multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else {
                continue
            }
            let code = message.pointee.data.result
            if code == CURLE_OK {
                end(handle, .success(()))
            } else {
                let text = running[handle]?.errorText ?? ""
                end(handle, .failure(TransportError(code: code, text: text)))
            }
        }
    }

    private mutating func end(_ handle: UnsafeMutableRawPointer, _ result: Transfer.End) {
        guard let work = running.removeValue(forKey: handle) else { return }
        // What the handle points to must outlive its place in the multi handle.
        withExtendedLifetime(work) { _ = curl_multi_remove_handle(driver.multi, handle) }
        handles[ObjectIdentifier(work.transfer)] = nil
        if work.transfer.delivery == .lines {
            streams -= 1
            allowConnections()
        }
        work.transfer.finish(result)
    }

    /// Streams that never end must not use up the connections of everybody else.
    private borrowing func allowConnections() {
        let limit = driver.settings.maximumConnections + streams
        clibcurl_multi_set_long(driver.multi, CURLMOPT_MAX_HOST_CONNECTIONS, limit)
    }
}
