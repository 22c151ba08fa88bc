public import ClusterModel
public import SchedulingPolicy

/// What a recording keeps of a cycle: its decisions in full, and of what waits as much as tells two cycles apart.
public struct CycleRecord: Equatable, Sendable {
    /// A pod and its node.
    public struct Bind: Equatable, Sendable {
        /// The pod.
        public var pod: ObjectKey
        /// The node's name.
        public var node: String
        /// What is written on the pod with the binding; empty for most pods.
        public var annotations: [String: String]

        /// A pod, its node, and what is written on it.
        public init(pod: ObjectKey, node: String, annotations: [String: String] = [:]) {
            self.pod = pod
            self.node = node
            self.annotations = annotations
        }
    }

    /// A pod that has to leave its node.
    public struct Eviction: Equatable, Sendable {
        /// The pod.
        public var pod: ObjectKey
        /// The node's name.
        public var node: String
        /// The action that evicts it.
        public var reason: String
        /// The gang, or the pod that is its own, for which it leaves.
        public var preemptor: ObjectKey?
    }

    /// A pod that holds a place without being bound.
    public struct Pipelined: Equatable, Sendable {
        /// The pod.
        public var pod: ObjectKey
        /// The node's name.
        public var node: String
        /// What it waits for.
        public var waitsFor: String
    }

    /// A pod without a place.
    public struct Wait: Equatable, Sendable {
        /// The pod.
        public var pod: ObjectKey
        /// Why, for machines.
        public var reason: String
    }

    /// The number of the cycle, from 1 at the beginning of the recording.
    public var number: Int
    /// Pods to bind, in the order of the decisions.
    public var binds: [Bind] = []
    /// Pods to evict.
    public var evictions: [Eviction] = []
    /// Pods that hold a place.
    public var pipelined: [Pipelined] = []
    /// Pods without a place that had another reason, or none, after the last cycle.
    public var waits: [Wait] = []
    /// How many pods wait, those with the same reason as before included.
    public var pendingCount = 0
    /// Tells what waits, and each sentence that says why, from any other.
    public var pendingDigest: UInt64 = 0
    /// Tells how gangs and queues stand from any other way.
    public var standingDigest: UInt64 = 0

    init(number: Int) { self.number = number }

    /// The decisions of a cycle, all pods that wait among them, without digests.
    public init(_ result: CycleResult) {
        number = result.cycle
        binds = result.binds.map { Bind(pod: $0.pod, node: $0.node, annotations: $0.annotations) }
        evictions = result.evictions.map {
            Eviction(pod: $0.pod, node: $0.node, reason: $0.reason.rawValue, preemptor: $0.preemptor)
        }
        pipelined = result.pipelined.map {
            Pipelined(pod: $0.pod, node: $0.node, waitsFor: $0.waitsFor.rawValue)
        }
        waits = result.pending.map { Wait(pod: $0.pod, reason: $0.reason.rawValue) }
        pendingCount = waits.count
    }
}

/// Makes records of one cycle after the other.
struct CycleSummary {
    /// Why pods wait, as of the last cycle.
    private var reasons: [ObjectKey: String] = [:]

    mutating func record(of result: CycleResult) -> CycleRecord {
        var record = CycleRecord(result)
        let now = Dictionary(uniqueKeysWithValues: record.waits.lazy.map { ($0.pod, $0.reason) })
        record.waits.removeAll { reasons[$0.pod] == $0.reason }
        reasons = now
        record.pendingDigest = Self.digest(of: result.pending)
        record.standingDigest = Self.digest(of: result)
        return record
    }

    private static func digest(of pending: [CycleResult.Pending]) -> UInt64 {
        var digest = Digest()
        // Pods that wait for the same share their sentence.
        var sentences: [ObjectIdentifier: UInt64] = [:]
        for one in pending {
            digest.add(one.pod)
            let identity = ObjectIdentifier(one.explanation)
            if let known = sentences[identity] {
                digest.add(known)
                continue
            }
            var sentence = Digest()
            sentence.add(one.reason.rawValue)
            sentence.add(one.message)
            for reason in one.nodeReasons {
                sentence.add(reason.reason)
                sentence.add(UInt64(bitPattern: Int64(reason.count)))
            }
            sentences[identity] = sentence.value
            digest.add(sentence.value)
        }
        return digest.value
    }

    private static func digest(of result: CycleResult) -> UInt64 {
        var digest = Digest()
        for group in result.podGroups {
            digest.add(group.key)
            digest.add("\(group.phase.rawValue) \(group.placed)/\(group.pods)/\(group.minMember)")
            digest.add(group.reason?.rawValue ?? "")
            digest.add(group.message)
            digest.add(group.allocatedHyperNode ?? "")
            for node in group.reservedNodes { digest.add(node) }
            digest.add(group.expectedStart.map { "\($0)" } ?? "")
        }
        for queue in result.queues {
            digest.add(queue.name)
            for amount in queue.deservedMilli {
                digest.add(amount.resource.text)
                digest.add(UInt64(bitPattern: amount.milli))
            }
            for list in [queue.allocated, queue.request] {
                list.forEach { resource, amount in
                    digest.add(resource.text)
                    digest.add(UInt64(bitPattern: amount))
                }
            }
        }
        return digest.value
    }
}

/// A number that two different texts do not share but by chance: FNV-1a of 64 bits, the same on every machine.
///
/// Source: Fowler, Noll and Vo, draft-eastlake-fnv.
struct Digest {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    /// Adds a text and its end.
    mutating func add(_ text: String) {
        for byte in text.utf8 { mix(byte) }
        // No text has this byte.
        mix(0xFF)
    }

    mutating func add(_ key: ObjectKey) {
        add(key.namespace)
        add(key.name)
    }

    mutating func add(_ number: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            mix(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    private mutating func mix(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
}
