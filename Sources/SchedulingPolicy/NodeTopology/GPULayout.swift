public import ClusterModel

/// How good sets of a machine's GPUs are, worked out once for all machines that are built alike.
///
/// A GPU is a bit: the position in `NodeTopology.gpus`. Two GPUs get points for what joins them, and a set gets the sum over
/// its pairs:
///
/// | joined by | points |
/// |---|---|
/// | NVSwitch | 1000 |
/// | *n* direct links (NVLink, xGMI) | 600 + 50 × min(*n*, 7) |
/// | the same PCIe switch | 40 more |
/// | the same NUMA node | 20 more |
/// | the same package | 10 more |
///
/// Of the last three only the first that holds counts. For up to 16 GPUs the sums of all sets are in a table.
public final class GPULayout {
    /// The most GPUs that a machine may have for its sets to be known.
    public static let most = 64
    /// The most GPUs for which all sets are looked at.
    static let mostForTable = 16
    /// What a pair can get at most.
    public static let mostPoints: Int64 = 1040

    /// What a layout is made of; machines with the same have the same layout.
    struct Key: Hashable {
        let gpus: [Place]
        let links: [NodeTopology.GPULink]
    }

    /// Where a GPU hangs.
    struct Place: Hashable {
        let index: Int
        let numaNode: Int?
        let package: Int?
        let pcieSwitch: Int?
        /// Whether it is in MIG mode: nobody gets it whole.
        let isCut: Bool
    }

    /// The number of GPUs.
    let count: Int
    /// The set of all that can be given away whole.
    public let all: UInt64
    /// The numbers by which device plugins know the GPUs.
    let indices: [Int]
    /// The GPUs of each NUMA node that can be given away whole.
    let gpusOfNUMANode: [Int: UInt64]
    /// Whether every GPU says on which NUMA node it hangs.
    let knowsNUMANodes: Bool
    private let points: [Int64]
    /// By set, the sum over its pairs; empty for machines with too many GPUs.
    private let sums: [Int32]
    /// Sets that were chosen, by what was free.
    private var chosen: [Question: UInt64] = [:]

    /// What a set is chosen by.
    private struct Question: Hashable {
        let count: Int
        let free: UInt64
        let near: UInt64
    }

    /// `nil` for a machine without GPUs that can be given away whole, or with more than can be told apart.
    ///
    /// - Complexity: O(2ⁿ) for *n* GPUs, at most 16; O(*n*²) for more.
    init?(_ key: Key) {
        count = key.gpus.count
        if count > Self.most { return nil }
        all = key.gpus.enumerated().reduce(0) { $1.element.isCut ? $0 : $0 | 1 << UInt64($1.offset) }
        if all == 0 { return nil }
        indices = key.gpus.map(\.index)
        if Set(indices).count != count { return nil }
        var ofNUMANode: [Int: UInt64] = [:]
        for (bit, gpu) in key.gpus.enumerated() where !gpu.isCut {
            if let node = gpu.numaNode { ofNUMANode[node, default: 0] |= 1 << UInt64(bit) }
        }
        gpusOfNUMANode = ofNUMANode
        knowsNUMANodes = key.gpus.allSatisfy { $0.numaNode != nil }
        points = Self.points(key)
        sums = count <= Self.mostForTable ? Self.sums(points, count) : []
    }

    /// The layout of a machine's GPUs; `nil` for a machine without GPUs that can be given away whole, or with more than can be told
    /// apart.
    public convenience init?(_ topology: NodeTopology) { self.init(Key(topology)) }

    private static func points(_ key: Key) -> [Int64] {
        let count = key.gpus.count
        var points = [Int64](repeating: 0, count: count * count)
        for first in 0..<count {
            for second in 0..<count where second != first {
                points[first * count + second] = nearness(of: key.gpus[first], to: key.gpus[second])
            }
        }
        var bits: [Int: Int] = [:]
        for (bit, gpu) in key.gpus.enumerated() { bits[gpu.index] = bit }
        var links = [Int64](repeating: 0, count: count * count)
        for link in key.links {
            guard let first = bits[link.first], let second = bits[link.second], first != second else {
                continue
            }
            let worth: Int64 =
                link.kind == .nvSwitch ? 1000 : 600 + 50 * Int64(max(1, min(link.count, 7)))
            links[first * count + second] = max(links[first * count + second], worth)
            links[second * count + first] = links[first * count + second]
        }
        return zip(points, links).map { $0 + $1 }
    }

    private static func nearness(of gpu: Place, to other: Place) -> Int64 {
        if let pcieSwitch = gpu.pcieSwitch, pcieSwitch == other.pcieSwitch { return 40 }
        if let node = gpu.numaNode, node == other.numaNode { return 20 }
        if let package = gpu.package, package == other.package { return 10 }
        return 0
    }

    private static func sums(_ points: [Int64], _ count: Int) -> [Int32] {
        var sums = [Int32](repeating: 0, count: 1 << count)
        for set in 1..<sums.count {
            let last = set.trailingZeroBitCount
            let rest = set & (set - 1)
            var sum = sums[rest]
            var others = rest
            while others != 0 {
                sum += Int32(points[last * count + others.trailingZeroBitCount])
                others &= others - 1
            }
            sums[set] = sum
        }
        return sums
    }

    /// The points of a set: the sum over its pairs. - Complexity: O(1) for up to 16 GPUs, else O(*n*²).
    public func points(of set: UInt64) -> Int64 {
        if !sums.isEmpty { return Int64(sums[Int(set)]) }
        var sum: Int64 = 0
        var rest = set
        while rest != 0 {
            let first = rest.trailingZeroBitCount
            rest &= rest - 1
            sum += points(from: first, to: rest)
        }
        return sum
    }

    /// The points of the pairs between two sets that have no GPU in common.
    public func points(between set: UInt64, and other: UInt64) -> Int64 {
        if !sums.isEmpty { return points(of: set | other) - points(of: set) - points(of: other) }
        var sum: Int64 = 0
        var rest = set
        while rest != 0 {
            sum += points(from: rest.trailingZeroBitCount, to: other)
            rest &= rest - 1
        }
        return sum
    }

    private func points(from gpu: Int, to set: UInt64) -> Int64 {
        var sum: Int64 = 0
        var rest = set
        while rest != 0 {
            sum += points[gpu * count + rest.trailingZeroBitCount]
            rest &= rest - 1
        }
        return sum
    }

    // MARK: Choosing

    /// The best of the sets of so many of the free GPUs; `nil` where fewer are free.
    ///
    /// The best set has the most points, among its own GPUs and with those that its gang has on the machine; of several
    /// the one that leaves free GPUs with the most points among themselves, so that what belongs together stays
    /// together; of several still the one with the smallest numbers.
    ///
    /// - Parameter near: the GPUs of the same gang, none of them free.
    /// - Complexity: O(sets) for up to 16 free GPUs in a machine of up to 16, at most 12,870; else O(*n*³). Asked again, O(1).
    func best(_ wanted: Int, of free: UInt64, near: UInt64 = 0) -> UInt64? {
        if wanted > free.nonzeroBitCount || wanted <= 0 { return nil }
        if wanted == free.nonzeroBitCount { return free }
        let question = Question(count: wanted, free: free, near: near)
        if let known = chosen[question] { return known }
        let set = sums.isEmpty ? grown(wanted, of: free, near) : bestOfAll(wanted, of: free, near)
        if chosen.count >= 4096 { chosen.removeAll(keepingCapacity: true) }
        chosen[question] = set
        return set
    }

    /// A set as the search compares it.
    private struct Candidate {
        let set: UInt64
        let points: Int64
        let left: Int64

        func isBetter(than other: Candidate) -> Bool {
            if points != other.points { return points > other.points }
            if left != other.left { return left > other.left }
            // Of two sets the one with the smallest number that is not in both.
            let difference = set ^ other.set
            return difference != 0 && set & (difference & (~difference &+ 1)) != 0
        }
    }

    private func candidate(_ set: UInt64, of free: UInt64, _ near: UInt64) -> Candidate {
        Candidate(
            set: set, points: points(of: set) + points(between: set, and: near),
            left: points(of: free & ~set))
    }

    private func bestOfAll(_ wanted: Int, of free: UInt64, _ near: UInt64) -> UInt64 {
        var bits: [UInt64] = []
        var rest = free
        while rest != 0 {
            bits.append(rest & (~rest &+ 1))
            rest &= rest - 1
        }
        // Every choice of positions, by Gosper's method: the next larger number with as many bits.
        var best: Candidate?
        var positions: UInt64 = (1 << UInt64(wanted)) - 1
        while positions < 1 << UInt64(bits.count) {
            var set: UInt64 = 0
            var chosen = positions
            while chosen != 0 {
                set |= bits[chosen.trailingZeroBitCount]
                chosen &= chosen - 1
            }
            let candidate = candidate(set, of: free, near)
            if best.map({ candidate.isBetter(than: $0) }) ?? true { best = candidate }
            let lowest = positions & (~positions &+ 1)
            let raised = positions + lowest
            positions = raised | ((positions ^ raised) / lowest) >> 2
        }
        return best?.set ?? 0
    }

    /// Machines of very many GPUs: from each GPU a set is grown by the one that adds most, and the best of these is taken.
    private func grown(_ wanted: Int, of free: UInt64, _ near: UInt64) -> UInt64 {
        var best: Candidate?
        var starts = free
        while starts != 0 {
            var set = starts & (~starts &+ 1)
            starts &= starts - 1
            while set.nonzeroBitCount < wanted {
                var next: (gpu: Int, points: Int64, left: Int64)?
                var rest = free & ~set
                while rest != 0 {
                    let gpu = rest.trailingZeroBitCount
                    rest &= rest - 1
                    let added = points(from: gpu, to: set | near)
                    // What it would be torn from.
                    let left = -points(from: gpu, to: free & ~set)
                    if next.map({ ($0.points, $0.left) < (added, left) }) ?? true {
                        next = (gpu, added, left)
                    }
                }
                guard let next else { break }
                set |= 1 << UInt64(next.gpu)
            }
            let candidate = candidate(set, of: free, near)
            if best.map({ candidate.isBetter(than: $0) }) ?? true { best = candidate }
        }
        return best?.set ?? 0
    }

    // MARK: Rating

    /// How good a set is for a pod and for those that come after it, from 0 to 1000.
    ///
    /// Three quarters say how well it is joined: its points, with the gang's other GPUs, of those that as many pairs can
    /// get at most. One quarter says how little is torn apart: the points of the pairs between the set and what stays
    /// free, of those among all that was free.
    func rating(of set: UInt64, from free: UInt64, near: UInt64 = 0) -> Int64 {
        let size = Int64(set.nonzeroBitCount)
        let pairs = size * (size - 1) / 2 + size * Int64(near.nonzeroBitCount)
        let joined =
            pairs == 0
            ? 1000
            : 1000 * (points(of: set) + points(between: set, and: near)) / (pairs * Self.mostPoints)
        let whole = points(of: free)
        let torn = whole == 0 ? 0 : 1000 * points(between: set, and: free & ~set) / whole
        return (3 * joined + 1000 - torn) / 4
    }

    /// The set of GPUs with some numbers; numbers of no GPU are passed over.
    public func set(of numbers: CPUSet) -> UInt64 {
        var set: UInt64 = 0
        for (bit, index) in indices.enumerated() where numbers.contains(index) { set |= 1 << UInt64(bit) }
        return set
    }

    /// The numbers of the GPUs in a set.
    func numbers(of set: UInt64) -> CPUSet {
        CPUSet(indices.enumerated().filter { set >> UInt64($0.offset) & 1 == 1 }.map(\.element))
    }
}
