public import Fragmentation

/// An experiment that fills a cluster with a trace's pods under several policies: a document of kind `PackingExperiment`.
///
///     apiVersion: gangwright.io/v1alpha1
///     kind: PackingExperiment
///     name: openb
///     nodes: ${GANGWRIGHT_DATA}/openb/openb_node_list_gpu_node.csv
///     traces:
///     - ${GANGWRIGHT_DATA}/openb/openb_pod_list_default.csv
///     policies: [BestFit, FGD, PatternPricing]
///     seeds: {first: 42, count: 10}
public struct PackingExperiment: Sendable, Equatable {
    /// The kind of such documents.
    public static let kind = "PackingExperiment"

    /// Its name.
    public var name: String
    /// What it is for; empty if nobody says.
    public var description = ""
    /// The node list.
    public var nodesFile: String
    /// The traces.
    public var traces: [Trace]
    /// The policies, in the order in which they are reported.
    public var policies: [DevicePolicy] = DevicePolicy.allCases
    /// The seeds of the runs of each trace and policy.
    public var seeds: [Int64] = Array(42...51)
    /// How much is asked for in all, in percent of the GPUs there are.
    public var arrivedPercent = 130
    /// How many percent of the pods the classes make up that policies expect.
    public var typicalPodsPercent = 95

    /// A pod list, and what is known of it.
    public struct Trace: Sendable, Equatable {
        /// Its name in results.
        public var name: String
        /// The pod list.
        public var podsFile: String
        /// Where the order of arrival is read from in place of being drawn: a column `seedN` for each seed.
        public var arrivalOrderFile: String?
        /// The same for the nodes' ranks in a tie.
        public var nodeRankFile: String?
        /// What no policy that refuses nothing can get beyond, in percent of the GPUs; `nil` where nobody knows.
        public var ceilingPercent: Double?

        /// A pod list.
        public init(name: String, podsFile: String) {
            self.name = name
            self.podsFile = podsFile
        }

        /// What a pod list is called for short: its file's name without the ending, and without what all of openb's begin with.
        static func name(ofFile file: String) -> String {
            var name = file.split(separator: "/").last.map(String.init) ?? file
            if name.hasSuffix(".csv") { name.removeLast(4) }
            let prefix = "openb_pod_list_"
            return name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
        }
    }

    /// An experiment with a node list and some traces.
    public init(name: String, nodesFile: String, traces: [Trace]) {
        self.name = name
        self.nodesFile = nodesFile
        self.traces = traces
    }

    /// All files that it reads, each once.
    public var files: [String] {
        var files = [nodesFile]
        for trace in traces {
            for file in [trace.podsFile, trace.arrivalOrderFile, trace.nodeRankFile].compactMap({ $0 })
            where !files.contains(file) {
                files.append(file)
            }
        }
        return files
    }

    /// The experiment with so many seeds: its first ones, and then those that follow on its last.
    public func with(seedCount: Int) -> PackingExperiment {
        var copy = self
        copy.seeds = Array(seeds.prefix(seedCount))
        var next = (seeds.last ?? 41) + 1
        while copy.seeds.count < seedCount {
            copy.seeds.append(next)
            next += 1
        }
        return copy
    }
}
