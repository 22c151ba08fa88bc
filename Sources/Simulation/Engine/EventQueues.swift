/// What comes next of several kinds of things that happen at times.
///
/// Most delays of a plan are constant, so what they lead to comes in the order in which it was caused: a plain queue
/// for each delay. Only the ends of jobs need a heap.
struct DelayQueue<Element> {
    private var items: [(time: Int64, element: Element)] = []
    private var head = 0

    /// When the first is due; `nil` if there is none.
    var nextTime: Int64? { head < items.count ? items[head].time : nil }

    /// Adds what is due no earlier than everything that was added before.
    mutating func append(_ element: Element, at time: Int64) { items.append((time, element)) }

    /// Takes the first; there must be one. - Complexity: O(1) amortised.
    mutating func removeFirst() -> Element {
        let element = items[head].element
        head += 1
        if head == items.count {
            items.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 1_024, 2 * head >= items.count {
            items.removeFirst(head)
            head = 0
        }
        return element
    }
}

/// Numbers by time; those of the same time by order of addition. A binary heap.
struct TimeHeap {
    private struct Entry {
        var time: Int64
        var order: UInt64
        var value: Int32
        var generation: UInt32

        func precedes(_ other: Entry) -> Bool {
            time != other.time ? time < other.time : order < other.order
        }
    }

    private var entries: [Entry] = []
    private var added: UInt64 = 0

    /// When the first is due; `nil` if there is none.
    var nextTime: Int64? { entries.first?.time }

    /// Adds a number, and a generation by which its owner tells whether it still holds. - Complexity: O(log count).
    mutating func insert(_ value: Int32, _ generation: UInt32, at time: Int64) {
        var child = entries.count
        let entry = Entry(time: time, order: added, value: value, generation: generation)
        added += 1
        entries.append(entry)
        while child > 0 {
            let parent = (child - 1) / 2
            if !entry.precedes(entries[parent]) { break }
            entries[child] = entries[parent]
            child = parent
        }
        entries[child] = entry
    }

    /// Takes the first; there must be one. - Complexity: O(log count).
    mutating func removeFirst() -> (value: Int32, generation: UInt32) {
        let first = entries[0]
        let last = entries.removeLast()
        if !entries.isEmpty {
            var parent = 0
            while true {
                var child = 2 * parent + 1
                if child >= entries.count { break }
                if child + 1 < entries.count, entries[child + 1].precedes(entries[child]) { child += 1 }
                if !entries[child].precedes(last) { break }
                entries[parent] = entries[child]
                parent = child
            }
            entries[parent] = last
        }
        return (first.value, first.generation)
    }
}
