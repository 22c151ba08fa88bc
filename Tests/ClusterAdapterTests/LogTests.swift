import ClusterAdapter
import Synchronization
import Testing

@Suite("The log is read by people and by machines") struct LogTests {
    private func lines(_ format: Log.Format, level: Log.Level = .info, _ write: (Log) -> Void) -> [String] {
        let lines = Mutex<[String]>([])
        let box = Box(lines)
        write(Log(level: level, format: format) { line in box.lines.withLock { $0.append(line) } })
        return box.lines.withLock { $0 }
    }

    private final class Box: Sendable {
        let lines: Mutex<[String]>
        init(_ lines: consuming Mutex<[String]>) { self.lines = lines }
    }

    @Test("a line of text has a time, a level, a sentence and fields; what could be misread is quoted")
    func text() throws {
        let line = try #require(
            lines(.text) {
                $0.warning("a binding was refused", ["pod": "ns/a", "error": "409 \"x\"", "none": ""])
            }
            .first)
        #expect(
            line.wholeMatch(
                of:
                    /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warning a binding was refused pod=ns\/a error="409 \\"x\\"" none=""/
            ) != nil, "\(line)")
    }

    @Test("a line of JSON is one object with the same fields") func json() throws {
        let line = try #require(lines(.json) { $0.error("no\nway", ["a": "b\"c"]) }.first)
        #expect(line.hasSuffix(#""level":"error","message":"no\nway","a":"b\"c"}"#), "\(line)")
    }

    @Test("what matters less than the level is not written") func levels() {
        let written = lines(.text, level: .warning) { log in
            log.debug("d")
            log.info("i")
            log.warning("w")
            log.error("e")
        }
        #expect(written.map { $0.split(separator: " ")[1] } == ["warning", "error"])
    }
}
