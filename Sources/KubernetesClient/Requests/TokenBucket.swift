/// A client-side limit of the request rate: `burst` at once, `queriesPerSecond` in the long run.
///
/// Requests take their turn in the order in which they ask, as with client-go's `--kube-api-qps` and
/// `--kube-api-burst`.
struct TokenBucket: Sendable {
    /// The rate and the size of a burst.
    private let secondsPerToken: Double
    private let burst: Double
    private var tokens: Double
    private var last: Duration

    /// A full bucket. Rate and burst are more than 0.
    init(queriesPerSecond: Double, burst: Int, now: Duration) {
        secondsPerToken = 1 / queriesPerSecond
        self.burst = Double(burst)
        tokens = Double(burst)
        last = now
    }

    /// Takes a token, perhaps one that has yet to come.
    ///
    /// - Returns: How long to wait for it; zero when one is there.
    mutating func take(now: Duration) -> Duration {
        if now > last {
            tokens = min(burst, tokens + (now - last) / .seconds(1) / secondsPerToken)
            last = now
        }
        tokens -= 1
        return tokens >= 0 ? .zero : .seconds(-tokens * secondsPerToken)
    }
}
