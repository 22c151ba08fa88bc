import ClusterModel
import Synchronization
import TestSupport
import Testing

@testable import KubernetesClient

/// Time that passes only when somebody waits.
final class ManualTime: TimeSource {
    private let state = Mutex((elapsed: Duration.zero, waits: [Duration]()))
    static let start = Timestamp(secondsSinceEpoch: 1_000_000_000)

    var elapsed: Duration { state.withLock { $0.elapsed } }
    var timeOfDay: Timestamp {
        Timestamp(secondsSinceEpoch: Self.start.secondsSinceEpoch + elapsed.components.seconds)
    }
    /// How long was waited, each time.
    var waits: [Duration] { state.withLock { $0.waits } }

    func advance(by duration: Duration) {
        state.withLock { $0.elapsed += duration }
    }

    func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        state.withLock {
            $0.elapsed += duration
            $0.waits.append(duration)
        }
        await Task.yield()
    }
}

func settings(_ server: LoopbackServer) throws -> TransportSettings {
    TransportSettings(server: try #require(ServerAddress(server.url)))
}

func client(
    _ server: LoopbackServer, credentials: CredentialSource = .fixed(Credentials()),
    limits: RequestLimits = RequestLimits(), time: any TimeSource = ManualTime()
) throws -> APIClient {
    let address = try #require(ServerAddress(server.url))
    return try APIClient(
        ClientConfiguration(server: address, credentials: credentials), limits: limits, time: time)
}

/// A generator that a seed repeats (SplitMix64).
struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

/// A place for what callbacks say.
final class Collected<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    var all: [Element] { elements.withLock { $0 } }

    /// Adds an element and tells how many there are.
    @discardableResult func add(_ element: Element) -> Int {
        elements.withLock {
            $0.append(element)
            return $0.count
        }
    }
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// What a call throws, as a ClientError.
func failure<Result>(_ call: () async throws(ClientError) -> Result) async -> ClientError? {
    do {
        _ = try await call()
        return nil
    } catch { return error }
}
