import ClusterModel

/// The nodes in byte-wise order of their names, and for each a number that is in the same order.
///
/// Comparing two numbers replaces comparing two names. A node that comes gets a number between those of its neighbours;
/// where there is none left, all get new ones.
struct NodeOrder: Sendable {
    /// The indices of the nodes, by name.
    private(set) var sorted: [Int32] = []
    /// By index: a node with the smaller name has the smaller label.
    private(set) var labels: [UInt32] = []

    /// How far apart labels are at either end: nodes often come in the order of their names.
    private static let step: UInt32 = 1 << 14

    init() {}

    /// The order of nodes whose indices are in the order of their names.
    init(count: Int) {
        sorted = (0..<count).map(Int32.init)
        labels = [UInt32](repeating: 0, count: count)
        relabel()
    }

    /// Puts a node in its place.
    ///
    /// - Parameter name: the name of any node that is here, by index.
    /// - Returns: true if others have got new labels too.
    /// - Complexity: O(log nodes) comparisons of names; O(nodes) moves of integers.
    mutating func insert(_ index: Int, name new: String, name: (Int) -> String) -> Bool {
        // Nodes mostly come in the order of their names.
        var low = sorted.last.map { name(Int($0)).precedes(new) } ?? false ? sorted.count : 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if name(Int(sorted[middle])).precedes(new) { low = middle + 1 } else { high = middle }
        }
        if index >= labels.count {
            labels.append(contentsOf: repeatElement(0, count: index + 1 - labels.count))
        }
        sorted.insert(Int32(index), at: low)
        guard let label = label(at: low) else {
            relabel()
            return true
        }
        labels[index] = label
        return false
    }

    /// Takes a node out.
    mutating func remove(_ index: Int) {
        let label = labels[index]
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if labels[Int(sorted[middle])] < label { low = middle + 1 } else { high = middle }
        }
        sorted.remove(at: low)
    }

    /// A label between those of the neighbours; `nil` if there is none.
    private func label(at position: Int) -> UInt32? {
        let before = position > 0 ? labels[Int(sorted[position - 1])] : nil
        let after = position + 1 < sorted.count ? labels[Int(sorted[position + 1])] : nil
        switch (before, after) {
        case (nil, nil): return 1 << 31
        case (let before?, nil): return before < .max - Self.step ? before + Self.step : nil
        case (nil, let after?): return after > Self.step ? after - Self.step : nil
        case (let before?, let after?): return after - before > 1 ? before + (after - before) / 2 : nil
        }
    }

    /// Spreads all labels evenly over the middle half of the numbers.
    private mutating func relabel() {
        let gap = UInt64(1 << 31) / UInt64(sorted.count + 1)
        for (position, index) in sorted.enumerated() {
            labels[Int(index)] = UInt32(truncatingIfNeeded: 1 << 30 + UInt64(position + 1) * gap)
        }
    }
}
