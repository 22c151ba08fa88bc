/// How long to wait after failures: growing, random, and short again after a quiet time.
///
/// Decorrelated jitter: each wait is drawn between the shortest one and three times the last one (Marc Brooker,
/// "Exponential Backoff And Jitter", AWS Architecture Blog, 2015). Many clients that fail together come back apart.
public struct Backoff: Sendable {
    /// The shortest wait.
    public var shortest = Duration.milliseconds(250)
    /// The longest wait.
    public var longest = Duration.seconds(30)
    /// How long nothing may fail until waits are short again; client-go's time.
    ///
    /// Single successes do not count: a server that accepts watches only to drop them must not be asked without end.
    public var quietTime = Duration.seconds(120)
    private var last: Duration?
    private var lastFailure = Duration.zero

    /// From 250 ms to 30 s.
    public init() {}

    /// How long to wait after a failure at `now`.
    public mutating func next(now: Duration, using random: inout some RandomNumberGenerator) -> Duration {
        if let last, now - lastFailure > quietTime + last { self.last = nil }
        let most = min(longest, (last ?? shortest) * 3)
        let fraction = Double.random(in: 0...1, using: &random)
        let wait = shortest + (most - shortest) * fraction
        last = wait
        lastFailure = now
        return wait
    }
}
