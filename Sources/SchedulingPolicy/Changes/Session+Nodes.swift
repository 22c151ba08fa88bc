import Allocator
public import ClusterModel

/// Nodes come, change and go.
extension Session {
    /// Takes note of a node as it is now, new or changed; the pods that are on it stay there.
    ///
    /// - Throws: `ResourceOverflow` when the nodes' amounts no longer add up within 63 bits; nothing has changed then.
    public func update(_ node: Node) throws(ResourceOverflow) {
        closeCycle()
        let (node, smallestCard) = (countingShares(node), devices.smallestCardMiB)
        allocator.addResources(node.allocatable.names)
        syncColumns()
        let known = nodes.find(node.name).flatMap { nodes.entries[$0].index }
        let old = known.map { allocator.node($0).allocatable } ?? [:]
        try nodeSums.replace(old, by: node.allocatable, resources)
        let entry = nodes.entry(named: node.name)
        if !hasNoDomains, known.map({ allocator.node($0).labels != node.labels }) ?? true {
            invalidateDomains()
        }
        count(entry, sign: -1)
        overfullNodes.remove(entry)
        if let known {
            changeTopology(node.labels, of: known, entry)
            allocator.updateNode(known, to: node)
        } else {
            let index = allocator.addNode(node)
            nodes.setIndex(index, of: entry)
            pins.forgetNode(index)
            setTopology(node.labels, of: index)
            forEachTask(on: entry) { task in
                guard let occupancy = tasks[task].occupancy else { return }
                allocator.add(tasks[task].request, to: index, as: occupancy)
                bookHostPorts(of: task, on: index, sign: 1)
                bookPins(of: task, on: index, sign: 1)
                bookNeighbours(of: task, on: index, sign: 1)
            }
        }
        readCards(of: nodes.entries[entry].index ?? 0, entry)
        nodes.setCounted(compatibility.countsUnreadyNodes || node.isReady, entry)
        count(entry, sign: 1)
        constraintRefusals.removeAll(keepingCapacity: true)
        labelledNodes.removeAll()
        fragments.isStale = true
        roomVersion.freed += 1
        roomVersion.changed += 1
        recountMemory(before: smallestCard)
    }

    /// A node as it was last told of; `nil` if there is none of the name.
    public func node(named name: String) -> Node? {
        nodes.find(name).flatMap { nodes.entries[$0].index }.map { allocator.node($0) }
    }

    /// Whether the pods that are known to be on the node of one of them ask for more than it has of what this pod asks for: two
    /// schedulers have given one place away, say.
    public func isOnOverfullNode(_ pod: Pod) -> Bool {
        guard let index = pod.nodeName.flatMap({ nodes.find($0) }).flatMap({ nodes.entries[$0].index }) else {
            return false
        }
        return allocator.isOverfull(
            index, columns: [ResourceTable.pods] + pod.requests.names.compactMap(resources.column))
    }

    /// Forgets a node. Pods that still name it are kept, and are on it again if it comes back.
    public func removeNode(_ name: String) {
        closeCycle()
        guard let entry = nodes.find(name), let index = nodes.entries[entry].index else { return }
        let smallestCard = devices.smallestCardMiB
        nodeSums.remove(allocator.node(index).allocatable, resources)
        invalidateDomains()
        count(entry, sign: -1)
        overfullNodes.remove(entry)
        forEachTask(on: entry) { task in
            bookHostPorts(of: task, on: index, sign: -1)
            bookPins(of: task, on: index, sign: -1)
            bookNeighbours(of: task, on: index, sign: -1)
        }
        forgetCards(of: index, entry)
        setTopology(nil, of: index)
        allocator.removeNode(index)
        nodes.clearIndex(of: entry)
        nodes.releaseIfUnused(entry)
        constraintRefusals.removeAll(keepingCapacity: true)
        labelledNodes.removeAll()
        fragments.isStale = true
        // It frees nothing, but gangs that found no room were told so with this node in mind.
        roomVersion.freed += 1
        roomVersion.changed += 1
        recountMemory(before: smallestCard)
    }

    /// Counts a node in or out of the cluster's total, where it counts at all.
    func count(_ entry: Int, sign: Int64) {
        guard nodes.entries[entry].isCounted, let index = nodes.entries[entry].index else { return }
        for (name, amount) in allocator.node(index).allocatable.sorted {
            guard let column = resources.column(name) else { continue }
            offered[column] += sign * amount
        }
        forEachTask(on: entry) { countTaken($0, sign: sign) }
    }

    func forEachTask(on entry: Int, _ body: (Int) -> Void) {
        var task = nodes.entries[entry].firstTask
        while task != TaskState.none {
            body(Int(task))
            task = tasks[Int(task)].nextOnNode
        }
    }

    /// Takes another configuration, from the next cycle on. - Complexity: O(nodes × shapes).
    public func configure(_ configuration: SchedulerConfiguration) {
        closeCycle()
        readmitOverfullNodes()
        let present = nodes.entries.indices.filter { nodes.entries[$0].index != nil }
        for entry in present { count(entry, sign: -1) }
        if self.nodeDescriptions.domainLabels != configuration.nodeDescriptions.domainLabels {
            invalidateDomains()
        }
        self.configuration = configuration
        runTimes.keepsStarts = CandidateLimits(configuration.actionArguments[.preempt]) != nil
        nextChange = nil
        for entry in present {
            guard let index = nodes.entries[entry].index else { continue }
            nodes.setCounted(
                compatibility.countsUnreadyNodes || allocator.node(index).isReady, entry)
            count(entry, sign: 1)
        }
        allocator.configure(nodeDescriptions)
        pins.forgetAnswers()
        syncColumns()
        checkHostPorts(nodeDescriptions.checksHostPorts)
        shareDevices(by: nodeDescriptions.devices)
        for job in jobs.indices where jobs[job].origin != nil { touch(job) }
        constraintRefusals.removeAll()
        roomVersion.freed += 1
        roomVersion.changed += 1
    }
}
