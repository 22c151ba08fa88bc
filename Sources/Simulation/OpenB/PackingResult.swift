public import Fragmentation

/// What came of one run: a trace, a policy, a seed.
public struct PackingResult: Sendable, Equatable {
    /// The trace's name.
    public var trace: String
    /// The policy.
    public var policy: DevicePolicy
    /// The seed.
    public var seed: Int64
    /// Pods that arrived.
    public var pods = 0
    /// Thousandths of GPUs that they asked for.
    public var demandMilliGPU: Int64 = 0
    /// Thousandths of GPUs that there are.
    public var capacityMilliGPU: Int64 = 0
    /// Pods that no node had room for.
    public var failed = 0
    /// Thousandths of GPUs that pods got.
    public var allocatedMilliGPU: Int64 = 0
    /// GPUs on which anything runs.
    public var gpusTouched = 0
    /// Thousandths of cores that pods got.
    public var allocatedMilliCPU: Int64 = 0
    /// Mebibytes that pods got.
    public var allocatedMemoryMiB: Int64 = 0
    /// What is idle at the end, sorted by use, in thousandths of GPUs.
    public var idle = FragmentBuckets()
    /// Failed pods without GPUs, with a part of one, and with 1, 2, 4 and 8.
    public var failures = Failures()
    /// The curve, at each of `PackingResult.stations`.
    public var curve: [CurvePoint] = []

    /// At how many percent of the capacity asked for the curve is read.
    public static let stations = [80, 90, 95, 100, 110, 120, 130]

    /// Failed pods by what they asked for.
    public struct Failures: Sendable, Equatable {
        /// No GPU.
        public var withoutGPU = 0
        /// A part of a GPU.
        public var share = 0
        /// Whole GPUs, by their number.
        public var whole: [Int: Int] = [:]
    }

    /// How the cluster was when so much had been asked for: the mean over all arrivals that round to it.
    public struct CurvePoint: Sendable, Equatable {
        /// How many arrivals.
        public var arrivals = 0
        /// The sum of allocated GPU after each, in hundredths of a percent of all, rounded each time.
        public var allocatedSum = 0
        /// The sum of fragments after each, in thousandths of GPUs.
        public var fragmentSum = 0.0

        /// Allocated GPU in percent of all; 0 if nothing arrived.
        public var allocatedPercent: Double {
            arrivals == 0 ? 0 : Double(allocatedSum) / Double(arrivals) / 100
        }

        /// Fragments in percent of all GPUs; 0 if nothing arrived.
        public func fragmentedPercent(of capacityMilliGPU: Int64) -> Double {
            arrivals == 0 ? 0 : fragmentSum / Double(arrivals) * 100 / Double(capacityMilliGPU)
        }

        static func + (left: CurvePoint, right: CurvePoint) -> CurvePoint {
            CurvePoint(
                arrivals: left.arrivals + right.arrivals,
                allocatedSum: left.allocatedSum + right.allocatedSum,
                fragmentSum: left.fragmentSum + right.fragmentSum)
        }
    }

    /// Allocated GPU at the end, in percent of all.
    public var allocatedPercent: Double { percent(Double(allocatedMilliGPU)) }
    /// Fragments at the end, in percent of all GPUs.
    public var fragmentedPercent: Double { percent(idle.fragments) }

    private func percent(_ milliGPU: Double) -> Double {
        capacityMilliGPU == 0 ? 0 : milliGPU * 100 / Double(capacityMilliGPU)
    }
}
