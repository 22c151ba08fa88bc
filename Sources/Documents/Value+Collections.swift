extension Value {
    /// The elements of a sequence, in order; none for any other kind.
    public var elements: Elements {
        Elements(tape: tape, at: index + 1, remaining: kind == .sequence ? count : 0)
    }

    /// The members of a mapping, in the order of the text, merged ones last; none for any other kind.
    public var members: Members {
        Members(tape: tape, at: index + 1, remaining: kind == .mapping ? count : 0)
    }

    /// The elements of one sequence.
    public struct Elements: Sequence, IteratorProtocol, Sendable {
        private let tape: Tape
        private var position: Int
        private var remaining: Int

        init(tape: Tape, at position: Int, remaining: Int) {
            self.tape = tape
            self.position = position
            self.remaining = remaining
        }

        /// How many elements are still to come.
        public var underestimatedCount: Int { remaining }

        /// The next element.
        ///
        /// - Complexity: O(1).
        public mutating func next() -> Value? {
            guard remaining > 0 else { return nil }
            let value = Value(tape: tape, index: position)
            position += tape.entries[position].size
            remaining -= 1
            return value
        }
    }

    /// The members of one mapping.
    public struct Members: Sequence, IteratorProtocol, Sendable {
        private let tape: Tape
        private var position: Int
        private var remaining: Int

        init(tape: Tape, at position: Int, remaining: Int) {
            self.tape = tape
            self.position = position
            self.remaining = remaining
        }

        /// How many members are still to come.
        public var underestimatedCount: Int { remaining }

        /// The next member.
        ///
        /// - Complexity: O(1), plus the length of the key, which becomes a String.
        public mutating func next() -> (key: String, value: Value)? {
            while remaining > 0 {
                let key = tape.entries[position]
                let value = position + key.size
                position = value + tape.entries[value].size
                if key.isHidden { continue }
                remaining -= 1
                return (tape.text(of: key), Value(tape: tape, index: value))
            }
            return nil
        }
    }
}
