import Foundation

/// The seeds of property tests.
///
/// `GANGWRIGHT_SEEDS=1000` tries more of them, `GANGWRIGHT_FIRST_SEED=5000` others; `GANGWRIGHT_SEED=17` replays one,
/// everywhere.
public enum Seeds {
    /// The seeds for one of several variants of a test, `count` unless the environment says otherwise.
    ///
    /// Each variant has seeds of its own, so that together they see as many clusters as there is time for.
    public static func forVariant(_ variant: Int, of variants: Int, count: Int) -> [UInt64] {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["GANGWRIGHT_SEED"].flatMap({ UInt64($0) }) { return [seed] }
        let count = environment["GANGWRIGHT_SEEDS"].flatMap { Int($0) } ?? count
        let first = environment["GANGWRIGHT_FIRST_SEED"].flatMap { Int($0) } ?? 1
        return (0..<max(1, count)).map { UInt64(max(0, first) + variant + $0 * variants) }
    }

    /// The seeds of a test without variants.
    public static func first(_ count: Int) -> [UInt64] { forVariant(0, of: 1, count: count) }
}
