/// Where an additive lagged Fibonacci generator is after very many steps.
///
/// Its outputs obey y(n) = y(n - 607) + y(n - 273), so that a far one is a sum of the first 607 with the coefficients of
/// xⁿ modulo x⁶⁰⁷ - x³³⁴ - 1. All arithmetic is modulo 2⁶⁴, as the generator's own.
enum LaggedFibonacciJump {
    private static let length = GoGenerator.length
    private static let lag = GoGenerator.length - GoGenerator.tap

    /// The state, in the order in which the generator keeps it, so many steps after a state from which it has not yet drawn.
    ///
    /// - Complexity: O(607² log *steps*).
    static func state(after steps: UInt64, from start: [UInt64]) -> [UInt64] {
        // The generator visits its places from `lag` - 1 downwards: place p holds output (lag - 1 - p) mod 607, less 607.
        func place(_ output: Int) -> Int {
            let place = (lag - 1 - output) % length
            return place < 0 ? place + length : place
        }
        var outputs = (0..<length).map { start[place($0)] }
        for next in length..<2 * length {
            outputs.append(outputs[next - length] &+ outputs[next - length + lag])
        }
        let coefficients = power(steps)
        var state = start
        for ahead in 0..<length {
            var sum: UInt64 = 0
            for term in 0..<length { sum &+= coefficients[term] &* outputs[term + ahead] }
            // Output number `steps` + `ahead`, less 607, as the last to be written at its place.
            state[place((Int(steps % UInt64(length)) + ahead) % length)] = sum
        }
        return state
    }

    /// The coefficients of x to a power, modulo the polynomial.
    private static func power(_ exponent: UInt64) -> [UInt64] {
        var result = Array(repeating: UInt64(0), count: length)
        result[0] = 1
        for bit in stride(from: UInt64.bitWidth - exponent.leadingZeroBitCount - 1, through: 0, by: -1) {
            result = squared(result)
            if exponent >> UInt64(bit) & 1 == 1 {
                // Times x: what leaves at the top comes back as x³³⁴ + 1.
                let top = result.removeLast()
                result.insert(top, at: 0)
                result[lag] &+= top
            }
        }
        return result
    }

    private static func squared(_ factor: [UInt64]) -> [UInt64] {
        var product = Array(repeating: UInt64(0), count: 2 * length)
        for left in 0..<length {
            let multiplier = factor[left]
            for right in 0..<length { product[left + right] &+= multiplier &* factor[right] }
        }
        for high in stride(from: 2 * length - 1, through: length, by: -1) {
            let coefficient = product[high]
            product[high - length] &+= coefficient
            product[high - length + lag] &+= coefficient
        }
        return Array(product[..<length])
    }
}
