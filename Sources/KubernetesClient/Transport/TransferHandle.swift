import CLibCurl

/// One exchange as libcurl knows it: owns its easy handle, and the memory that the handle's options point to.
///
/// Lives on libcurl's thread, from before the handle is added until after it is removed.
final class TransferHandle {
    let transfer: Transfer
    private let handle: UnsafeMutableRawPointer
    private let errorBuffer: UnsafeMutablePointer<CChar>
    private var headers: UnsafeMutablePointer<curl_slist>?
    private var route: UnsafeMutablePointer<curl_slist>?
    /// Why the exchange cannot begin.
    private(set) var refusal: TransportError?

    init(_ transfer: Transfer, handle: UnsafeMutableRawPointer, settings: TransportSettings) {
        self.transfer = transfer
        self.handle = handle
        errorBuffer = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorBuffer.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        set(CURLOPT_ERRORBUFFER, pointer: errorBuffer)
        setDestination(settings)
        setTLS(settings.tls)
        setLimits(settings)
        setRequest(transfer.request, settings)
        setCallbacks()
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(headers)
        curl_slist_free_all(route)
        errorBuffer.deallocate()
    }

    /// What libcurl says about the failure; empty when it says nothing.
    var errorText: String { String(cString: errorBuffer) }
}

extension TransferHandle {
    private func setDestination(_ settings: TransportSettings) {
        let server = settings.server
        var host = server.host
        if let serverName = settings.tls.serverName {
            // libcurl takes both SNI and the name to verify from the URL. So the URL says the name, and the connection
            // goes where the server is.
            route = curl_slist_append(nil, "\(serverName):\(server.port):\(server.host):\(server.port)")
            clibcurl_set_list(handle, CURLOPT_CONNECT_TO, route)
            addHeader("Host: \(server.host):\(server.port)")
            host = serverName
        }
        let scheme = server.isSecure ? "https" : "http"
        set(
            CURLOPT_URL,
            text: "\(scheme)://\(host):\(server.port)\(server.pathPrefix)\(transfer.request.target)")
        set(CURLOPT_PROTOCOLS_STR, text: "http,https")
        // The path is sent as it was composed, dots included.
        set(CURLOPT_PATH_AS_IS, 1)
        if let proxy = settings.proxy {
            // Go's socks5 lets the proxy look names up.
            let socks = "socks5://"
            set(
                CURLOPT_PROXY,
                text: proxy.hasPrefix(socks) ? "socks5h://" + proxy.dropFirst(socks.count) : proxy)
            // A proxy that was configured holds against NO_PROXY.
            set(CURLOPT_NOPROXY, text: "")
        } else if server.isLoopback {
            set(CURLOPT_NOPROXY, text: "*")
        }
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        if server.isSecure, settings.usesHTTP2 {
            set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
            // Wait for the one connection rather than open a second one beside it.
            set(CURLOPT_PIPEWAIT, 1)
        } else {
            set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        }
    }

    private func setTLS(_ tls: TLSSettings) {
        if tls.skipsVerification {
            set(CURLOPT_SSL_VERIFYPEER, 0)
            set(CURLOPT_SSL_VERIFYHOST, 0)
        }
        if let authority = tls.certificateAuthority {
            set(authority, file: CURLOPT_CAINFO, blob: CURLOPT_CAINFO_BLOB)
            // Nobody else's signature counts then.
            set(CURLOPT_CAPATH, text: nil)
        }
        if let client = transfer.request.clientCertificate {
            set(client.certificate, file: CURLOPT_SSLCERT, blob: CURLOPT_SSLCERT_BLOB)
            set(client.key, file: CURLOPT_SSLKEY, blob: CURLOPT_SSLKEY_BLOB)
            // OpenSSL would ask the terminal for the password of an encrypted key.
            set(CURLOPT_KEYPASSWD, text: "")
        }
    }

    private func setLimits(_ settings: TransportSettings) {
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, settings.connectTimeout.milliseconds)
        set(CURLOPT_TIMEOUT_MS, transfer.request.timeout.milliseconds)
        if transfer.delivery == .lines {
            set(CURLOPT_LOW_SPEED_LIMIT, 1)
            set(CURLOPT_LOW_SPEED_TIME, max(1, settings.idleTimeout.milliseconds / 1000))
        }
        // A peer that vanished without a word is found within some two minutes.
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_TCP_KEEPIDLE, 30)
        set(CURLOPT_TCP_KEEPINTVL, 10)
        set(CURLOPT_TCP_NODELAY, 1)
        set(CURLOPT_BUFFERSIZE, 128 << 10)
    }

    private func setRequest(_ request: HTTPRequest, _ settings: TransportSettings) {
        for (name, value) in request.headers {
            guard isHeaderText(name), isHeaderText(value) else {
                refusal = TransportError(
                    kind: .invalidRequest, detail: "found a line end in the header \(name), expected none")
                continue
            }
            addHeader("\(name): \(value)")
        }
        if settings.usesCompression { set(CURLOPT_ACCEPT_ENCODING, text: "gzip") }
        if let body = request.body {
            // No round trip to ask whether the body is welcome.
            addHeader("Expect:")
            clibcurl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, body.count)
            body.withUnsafeBytes { bytes in
                // An empty array may have no address, and none would mean that a callback gives the body.
                let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
                if let start {
                    check(CURLOPT_COPYPOSTFIELDS, clibcurl_set_text(handle, CURLOPT_COPYPOSTFIELDS, start))
                }
            }
            if body.isEmpty { set(CURLOPT_COPYPOSTFIELDS, text: "") }
        }
        if request.method != .get || request.body != nil {
            set(CURLOPT_CUSTOMREQUEST, text: request.method.rawValue)
        }
        clibcurl_set_list(handle, CURLOPT_HTTPHEADER, headers)
    }

    private func setCallbacks() {
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        set(CURLOPT_WRITEDATA, pointer: context)
        set(CURLOPT_HEADERDATA, pointer: context)
        check(
            CURLOPT_WRITEFUNCTION, clibcurl_set_data_function(handle, CURLOPT_WRITEFUNCTION, receiveBody))
        check(
            CURLOPT_HEADERFUNCTION, clibcurl_set_data_function(handle, CURLOPT_HEADERFUNCTION, receiveHeader))
    }
}

extension TransferHandle {
    private func addHeader(_ line: String) {
        headers = curl_slist_append(headers, line)
    }

    private func isHeaderText(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 != 0x0D && $0 != 0x0A && $0 != 0 }
    }

    private func set(_ option: CURLoption, _ value: Int) {
        check(option, clibcurl_set_long(handle, option, value))
    }

    private func set(_ option: CURLoption, text: String?) {
        check(option, clibcurl_set_text(handle, option, text))
    }

    private func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer) {
        check(option, clibcurl_set_pointer(handle, option, pointer))
    }

    private func set(_ source: PEMSource, file: CURLoption, blob: CURLoption) {
        switch source {
        case .file(let path): set(file, text: path)
        case .data(let bytes):
            check(blob, bytes.withUnsafeBytes { clibcurl_set_blob(handle, blob, $0.baseAddress, $0.count) })
        }
    }

    private func check(_ option: CURLoption, _ code: CURLcode) {
        guard code != CURLE_OK, refusal == nil else { return }
        let reason = String(cString: curl_easy_strerror(code))
        let detail = "libcurl refuses the request at option \(option.rawValue): \(reason)"
        refusal = TransportError(kind: .invalidRequest, detail: detail)
    }
}

extension Duration {
    /// Whole milliseconds, rounded up; at least 1, since 0 means no limit to libcurl.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        let fraction = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return max(1, Int(clamping: seconds.multipliedReportingOverflow(by: 1000).partialValue + fraction))
    }
}

private func receiveBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context else { return 0 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    switch transfer.receiveBody(UnsafeRawBufferPointer(start: bytes, count: size * count)) {
    case .taken: return size * count
    case .pause: return Int(CURL_WRITEFUNC_PAUSE)
    // Any other number ends the transfer.
    case .abort: return size * count + 1
    }
}

private func receiveHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context else { return 0 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    transfer.receiveHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
    return size * count
}
