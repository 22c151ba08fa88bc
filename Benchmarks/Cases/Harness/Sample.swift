/// How long a number of operations took.
struct Sample: Sendable {
    /// What was done: placements, refusals.
    var operations = 0
    var elapsed = Elapsed()

    static func += (left: inout Sample, right: Sample) {
        left.operations += right.operations
        left.elapsed += right.elapsed
    }

    /// Times a body that says how many operations it did.
    @inline(__always)
    static func of(_ body: () throws -> Int) rethrows -> Sample {
        let stopwatch = Stopwatch()
        let operations = try body()
        return Sample(operations: operations, elapsed: stopwatch.elapsed())
    }
}

extension BenchmarkSettings {
    /// Repeats rounds until a sample is long enough, and takes samples; the first, which warms up, does not count.
    ///
    /// - Parameters:
    ///   - limit: as many as will do for a case whose rounds are long.
    ///   - round: prepares, times what counts with `Sample.of`, and returns that.
    func samples(atMost limit: Int = .max, _ round: () throws -> Sample) rethrows -> [Sample] {
        var taken: [Sample] = []
        for number in 0...count(atMost: limit) {
            var sample = Sample()
            repeat { sample += try round() } while number > 0 && sample.elapsed.wall < shortestSample
            if number > 0 { taken.append(sample) }
        }
        return taken
    }
}
