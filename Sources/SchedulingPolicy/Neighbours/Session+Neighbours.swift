import Allocator
import ClusterModel

/// Pods are told apart by what other pods can see of them, and counted where they are.
///
/// Leaving pods are counted until they have gone. Those that an open cycle evicts are not, since what takes their place
/// will come after them; from the next cycle on they are, as long as they are there. Source: Volcano's event handlers.
extension Session {
    /// Takes note of what a pod is to others, and of what it wants of them.
    func noteKind(of pod: Pod, _ task: Int) {
        if pod.isTerminal {
            // It wants nothing any more, and is on no node; its gang may yet ask which part it was of.
            neighbours.setKind(pod.podGroup == nil ? nil : kind(PodKind(labelsOf: pod)), of: task)
            return
        }
        if pod.constraints == nil, let kind = neighbours.lastKind(ofPlain: pod) {
            neighbours.setKind(kind, of: task)
            return
        }
        neighbours.setKind(kind(of: pod), of: task)
    }

    /// The labels of a pod, but for one of no gang that has ended.
    func labels(of task: Int) -> [String: String] {
        neighbours.kind(of: task).map { neighbours.kinds[$0].labels } ?? [:]
    }

    /// The kind of a pod, whether it is known or not.
    func kind(of pod: Pod) -> Int { kind(PodKind(pod)) }

    private func kind(_ kind: PodKind) -> Int {
        neighbours.intern(kind) {
            allocator.nodesByName.map { ($0, allocator.node($0).labels) }
        }
    }

    /// Forgets what a pod was to others; it is on no node any more.
    func forgetKind(of task: Int) {
        neighbours.setKind(nil, of: task)
        if !neighbours.absent.isEmpty { neighbours.absent.remove(task) }
    }

    /// Counts a pod, and its volumes, that comes to a node (`1`) or leaves it (`-1`).
    @inline(__always)
    func bookNeighbours(of task: Int, on node: Int, sign: Int32) {
        guard let kind = neighbours.kind(of: task) else { return }
        if !neighbours.absent.isEmpty, neighbours.absent.contains(task) { return }
        neighbours.count(kind, on: node, by: sign)
        if !volumes.isEmpty { bookVolumes(of: task, on: node, sign: Int(sign)) }
    }

    /// Counts a pod, and not its volumes, which are where they were.
    private func countNeighbour(_ task: Int, on node: Int, sign: Int32) {
        guard let kind = neighbours.kind(of: task), !neighbours.absent.contains(task) else { return }
        neighbours.count(kind, on: node, by: sign)
    }

    // MARK: Evictions

    /// Ceases to count a pod that is evicted, or counts it again if that is taken back.
    func countEvicted(_ task: Int, isGone: Bool) {
        let node = tasks[task].node.flatMap { nodes.entries[$0].index }
        if isGone, let node { bookNeighbours(of: task, on: node, sign: -1) }
        if isGone { neighbours.absent.insert(task) } else { neighbours.absent.remove(task) }
        if !isGone, let node { bookNeighbours(of: task, on: node, sign: 1) }
    }

    /// Counts the pods that the last cycle has evicted as leaving ones.
    func countLeaving() {
        if neighbours.absent.isEmpty { return }
        let evicted = neighbours.absent
        neighbours.absent.removeAll()
        for task in evicted {
            setTerminating(task, true)
            if let node = tasks[task].node.flatMap({ nodes.entries[$0].index }) {
                bookNeighbours(of: task, on: node, sign: 1)
            }
        }
    }

    /// Counts a pod whose eviction was refused as one that stays.
    func countStaying(_ task: Int) {
        countLeaving()
        let node = tasks[task].node.flatMap { nodes.entries[$0].index }
        if let node { countNeighbour(task, on: node, sign: -1) }
        setTerminating(task, false)
        if let node { countNeighbour(task, on: node, sign: 1) }
    }

    private func setTerminating(_ task: Int, _ isTerminating: Bool) {
        guard let old = neighbours.kind(of: task) else { return }
        var changed = neighbours.kinds[old]
        changed.isTerminating = isTerminating
        neighbours.setKind(kind(changed), of: task)
    }

    // MARK: Nodes

    /// Notes the labels of a node that is new, whose pods are counted afterwards, or is gone, whose pods no longer are.
    func setTopology(_ labels: [String: String]?, of index: Int) {
        neighbours.topology.set(labels, at: index)
        neighbours.version += 1
        neighbours.spreadDomains.removeAll()
    }

    /// Moves the pods of a node that has changed to the domains that it is in now.
    func changeTopology(_ labels: [String: String], of index: Int, _ entry: Int) {
        neighbours.version += 1
        neighbours.spreadDomains.removeAll()
        if !neighbours.topology.differs(labels, at: index) { return }
        forEachTask(on: entry) { countNeighbour($0, on: index, sign: -1) }
        neighbours.topology.set(labels, at: index)
        forEachTask(on: entry) { countNeighbour($0, on: index, sign: 1) }
    }

    // MARK: Opening

    /// Brings the counts up to date before a cycle opens.
    ///
    /// - Complexity: O(1) where no pod wants anything of others; O(pods) when a term has come that means pods which were
    ///   there before.
    func prepareNeighbours() {
        countLeaving()
        if neighbours.selectsNamespaces {
            let labels = namespaceLabels()
            if labels != neighbours.namespaceLabels {
                neighbours.namespaceLabels = labels
                rebuildNeighbours()
            }
        }
        if neighbours.idleKinds > 4_096, neighbours.idleKinds > neighbours.kinds.count / 2 {
            rebuildNeighbours()
        }
        completeTallies()
    }

    /// Counts pods in tallies that have come after them.
    func completeTallies() {
        if neighbours.incomplete.isEmpty { return }
        for task in tasks.indices {
            guard let entry = tasks[task].node, tasks[task].occupancy != nil,
                let index = nodes.entries[entry].index, let kind = neighbours.kind(of: task),
                !neighbours.absent.contains(task)
            else { continue }
            neighbours.complete(kind, on: index)
        }
        neighbours.finishCompletion()
    }

    private func namespaceLabels() -> [String: [String: String]] {
        objects.namespaces.mapValues { namespace in
            namespace.labels.merging([NeighbourTable.namespaceName: namespace.name]) { given, _ in given }
        }
    }

    /// Begins anew with the pods that there are.
    private func rebuildNeighbours() {
        let old = neighbours
        neighbours = old.emptied()
        for index in allocator.nodesByName {
            neighbours.topology.set(allocator.node(index).labels, at: index)
        }
        for task in tasks.indices {
            guard let kind = old.kind(of: task) else { continue }
            neighbours.setKind(self.kind(old.kinds[kind]), of: task)
            guard let entry = tasks[task].node, tasks[task].occupancy != nil,
                let index = nodes.entries[entry].index
            else { continue }
            countNeighbour(task, on: index, sign: 1)
        }
    }
}
