import ClusterAdapter
import Foundation
import Testing

@Suite("The endpoint answers who asks how the process is") struct HTTPEndpointTests {
    private func get(_ url: String, method: String = "GET") throws -> (status: String, body: String) {
        let process = Foundation.Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "curl", "--silent", "--noproxy", "*", "-X", method, "--write-out", "\n%{http_code}", url,
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
        return (String(lines.last ?? ""), lines.dropLast().joined(separator: "\n"))
    }

    @Test("known paths are answered, others are not there, and nothing can be sent") func answers() throws {
        let endpoint = try HTTPEndpoint(address: "127.0.0.1:0") { path in
            path == "/healthz" ? .init(200, "ok\n") : path == "/readyz" ? .init(503, "not yet\n") : nil
        }
        let url = "http://127.0.0.1:\(endpoint.port)"
        #expect(try get(url + "/healthz") == ("200", "ok\n"))
        #expect(try get(url + "/readyz") == ("503", "not yet\n"))
        #expect(try get(url + "/else").status == "404")
        #expect(try get(url + "/healthz", method: "POST").status == "405")
    }

    @Test("an address that is none, or taken, is an error that says so") func addresses() throws {
        func failure(_ address: String) -> String {
            do {
                _ = try HTTPEndpoint(address: address) { _ in nil }
                return ""
            } catch { return "\(error)" }
        }
        #expect(failure("8080") == "found \"8080\", expected an address such as :8080 or 127.0.0.1:8080")
        #expect(failure("host:80").hasPrefix("found \"host:80\""))
        let first = try HTTPEndpoint(address: "127.0.0.1:0") { _ in nil }
        #expect(failure("127.0.0.1:\(first.port)").contains("cannot listen on"))
    }
}
