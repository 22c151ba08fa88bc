extension LoopbackServer.Step {
    /// A whole answer with a body of JSON.
    public static func json(_ status: Int, _ body: String, headers: [String] = []) -> Self {
        whole(status, Array(body.utf8), headers: ["Content-Type: application/json"] + headers)
    }

    /// A whole answer.
    public static func whole(_ status: Int, _ body: [UInt8], headers: [String] = []) -> Self {
        let lines = ["HTTP/1.1 \(status) Test", "Content-Length: \(body.count)"] + headers
        return .send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
    }

    /// The beginning of an answer that comes in chunks.
    public static func head(_ status: Int, headers: [String] = []) -> Self {
        let lines =
            ["HTTP/1.1 \(status) Test", "Transfer-Encoding: chunked", "Content-Type: application/json"]
            + headers
        return .send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8))
    }

    /// One chunk.
    public static func chunk(_ text: String) -> Self { chunk(Array(text.utf8)) }

    /// One chunk.
    public static func chunk(_ bytes: [UInt8]) -> Self {
        .send(Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [0x0D, 0x0A])
    }

    /// The end of an answer that came in chunks.
    public static let lastChunk = Self.send(Array("0\r\n\r\n".utf8))

    /// A refusal as an API server words it.
    public static func refusal(
        _ code: Int, _ reason: String, _ message: String = "no", headers: [String] = []
    ) -> Self {
        let body = """
            {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"\(message)",\
            "reason":"\(reason)","code":\(code)}
            """
        return json(code, body, headers: headers)
    }
}

/// gzip without compression: what a server may send, without a library.
public func gzipStored(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
    func littleEndian(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let starts = stride(from: 0, to: max(bytes.count, 1), by: 65_535)
    for start in starts {
        let end = min(start + 65_535, bytes.count)
        out.append(end == bytes.count ? 1 : 0)
        out += littleEndian(end - start, 2) + littleEndian(~(end - start), 2) + bytes[start..<end]
    }
    var checksum: UInt32 = .max
    for byte in bytes {
        checksum ^= UInt32(byte)
        for _ in 0..<8 { checksum = checksum >> 1 ^ (checksum & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return out + littleEndian(Int(~checksum), 4) + littleEndian(bytes.count, 4)
}

extension LoopbackServer {
    /// Answers requests that come by one descriptor over another, until one of them ends.
    public static func serve(input: Int32, output: Int32, _ answer: Answer) {
        var conversation = HTTPConversation(input: input, output: output, number: 0)
        conversation.run(record: { _ in }, answer)
    }
}
