/// The groups of nodes, by their label `volcano.sh/nodegroup-name`, that a queue uses and avoids.
public struct QueueAffinity: Hashable, Sendable {
    /// Names of groups, in the order in which they were given.
    public struct NodeGroups: Hashable, Sendable {
        /// Those that hold without exception.
        public var required: [String]
        /// Those that count as a wish, the most wanted first.
        public var preferred: [String]

        /// Groups by how much they matter; by default none.
        public init(required: [String] = [], preferred: [String] = []) {
            self.required = required
            self.preferred = preferred
        }
    }

    /// The groups to use; `nil` if not given.
    public var nodeGroupAffinity: NodeGroups?
    /// The groups to avoid; `nil` if not given.
    public var nodeGroupAntiAffinity: NodeGroups?

    /// An affinity; by default it says nothing.
    public init(nodeGroupAffinity: NodeGroups? = nil, nodeGroupAntiAffinity: NodeGroups? = nil) {
        self.nodeGroupAffinity = nodeGroupAffinity
        self.nodeGroupAntiAffinity = nodeGroupAntiAffinity
    }
}
