/// Pods that ask for the same, as far as fragmentation goes: memory is no part of it.
public struct PodClass: Hashable, Sendable {
    /// Thousandths of a core.
    public var milliCPU: Int64
    /// GPUs.
    public var devices: Int
    /// Thousandths of each of them.
    public var milliGPU: Int64
    /// The models that will do.
    public var models: ModelSet
    /// The constraint on models as it was written: classes that are spelled differently are different ones.
    public var constraint: String

    /// A class of pods.
    public init(
        milliCPU: Int64, devices: Int, milliGPU: Int64, models: ModelSet = .any, constraint: String = ""
    ) {
        self.milliCPU = milliCPU
        self.devices = devices
        self.milliGPU = milliGPU
        self.models = models
        self.constraint = constraint
    }

    /// The class of a request.
    public init(_ request: DeviceRequest, constraint: String = "") {
        self.init(
            milliCPU: request.milliCPU, devices: request.devices, milliGPU: request.milliGPU,
            models: request.models, constraint: constraint)
    }
}

/// What is expected to be asked for: classes of pods, and how likely the next pod is of each.
public struct TargetWorkload: Sendable {
    /// A class and its probability.
    public struct Entry: Sendable, Equatable {
        /// The class.
        public var podClass: PodClass
        /// How likely a pod is of this class.
        public var weight: Double

        /// A class that is so likely.
        public init(_ podClass: PodClass, weight: Double) {
            self.podClass = podClass
            self.weight = weight
        }
    }

    /// The classes; sums over them are made in this order, which decides their last bit.
    public var entries: [Entry]

    /// A workload of these classes.
    public init(_ entries: [Entry]) { self.entries = entries }

    /// The most frequent classes of some pods, until they make up so many percent of the pods.
    ///
    /// Classes of equal frequency are taken by what they ask for, the larger first: CPU, then thousandths, then number of
    /// GPUs, then the constraint's text.
    ///
    /// Source: the typical pods of Weng et al., USENIX ATC 2023, section 4, and its simulator's ties.
    /// - Complexity: O(*n* + *c* log *c*) for *n* pods of *c* classes.
    public init(typicalOf pods: some Sequence<PodClass>, percent: Int) {
        var counts: [PodClass: Int] = [:]
        for pod in pods { counts[pod, default: 0] += 1 }
        self.init(typicalOf: counts, percent: percent)
    }

    /// The same of pods that have been counted.
    public init(typicalOf counts: [PodClass: Int], percent: Int) {
        let total = counts.values.reduce(0, +)
        let sorted = counts.sorted { left, right in
            left.value == right.value ? left.key.isLarger(than: right.key) : left.value > right.value
        }
        var taken = 0
        var chosen = 0
        while chosen < sorted.count, taken * 100 < total * percent {
            taken += sorted[chosen].value
            chosen += 1
        }
        let share = Double(taken) / Double(total)
        entries = sorted.prefix(chosen).map { podClass, count in
            Entry(podClass, weight: Double(count) / Double(total) / share)
        }
    }
}

extension PodClass {
    fileprivate func isLarger(than other: PodClass) -> Bool {
        if milliCPU != other.milliCPU { return milliCPU > other.milliCPU }
        if milliGPU != other.milliGPU { return milliGPU > other.milliGPU }
        if devices != other.devices { return devices > other.devices }
        return other.constraint.utf8.lexicographicallyPrecedes(constraint.utf8)
    }
}
