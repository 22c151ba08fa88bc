import Allocator
import ClusterModel

/// GPUs and processors come to pods with their nodes, and go with them.
extension Session {
    // MARK: Notes

    /// Takes note of what a pod has been given and wants.
    func notePins(of pod: borrowing Pod, _ task: Int) {
        if pod.isTerminal { return }
        // A pod that waits has nothing, whatever it says.
        if pod.nodeName != nil || tasks[task].isAssumed, let assignment = Pins(pod.annotations) {
            pins.setAssignment(assignment, of: task)
        }
        if nodeDescriptions.choosesPins, !pod.guaranteedContainers.isEmpty {
            let policy =
                pod.annotations.isEmpty
                ? nil : pod.annotations[TopologyPolicy.annotation].flatMap(TopologyPolicy.init)
            pins.wishes[task] = PinTable.Wish(policy: policy, containers: pod.guaranteedContainers)
        }
    }

    /// Forgets a pod that is on no node any more.
    func forgetPins(of task: Int) {
        pins.setAssignment(nil, of: task)
        if !pins.wishes.isEmpty { pins.wishes[task] = nil }
    }

    /// Takes note of what is published of a node's inside, now that it is another.
    func noteTopology(of name: String) {
        pins.setTopology(objects.numatopologies[name], of: name)
        if let index = nodes.find(name).flatMap({ nodes.entries[$0].index }) { pins.forgetRoom(on: index) }
    }

    // MARK: Books

    /// Books what a pod has been given on a node where it comes (`1`) or which it leaves (`-1`).
    @inline(__always)
    func bookPins(of task: Int, on node: Int, sign: Int) {
        if pins.isEmpty { return }
        pins.book(task, on: node, sign: sign)
    }

    /// Gives a pod that is being placed what plugins choose for it, and books that.
    ///
    /// - Parameter orLater: whether it may be what leaving pods will give back.
    func assignPins(to task: Int, on node: Int, orLater: Bool) {
        if pins.isEmpty { return }
        if nodeDescriptions.choosesPins {
            var answer = pinAnswer(pinQuestion(for: task), on: node)
            if orLater, !answer.isWhole, let later = pinAnswerLater(for: task, on: node), later.isWhole {
                answer = later
            }
            let choice = keptPins(of: task, on: node, orLater: orLater) ?? answer.pins
            if let choice, !choice.isEmpty { pins.setAssignment(choice, of: task) }
        }
        pins.book(task, on: node, sign: 1)
    }

    /// Takes it back: the exact inverse.
    func unassignPins(of task: Int, on node: Int) {
        if pins.isEmpty { return }
        pins.book(task, on: node, sign: -1)
        pins.setAssignment(nil, of: task)
    }

    /// What is known of a node's inside; `nil` where nothing is published.
    func layout(of node: Int) -> NodeLayout? {
        pins.layout(of: node) { nodes.entries[nodes.entry(atIndex: node)].name }
    }

    /// The GPUs of a node that pods have been given whole, as far as it is known which.
    ///
    /// - Parameter gone: whether a pod counts as one that has left.
    func givenGPUs(of node: Int, except gone: (Int) -> Bool = { _ in false }) -> CPUSet {
        if pins.isEmpty { return CPUSet() }
        return pins.tasks(on: node).reduce(into: CPUSet()) { given, task in
            if let assignment = pins.assignment(of: task), !gone(task) { given.formUnion(assignment.gpus) }
        }
    }

    /// The whole GPUs that a pod asks for.
    func wholeGPUs(of task: Int) -> Int {
        var count: Int64 = 0
        for index in amounts.range(of: tasks[task].request) {
            let entry = amounts.entries[index]
            let name = resources.names[entry.column]
            if name == .nvidiaGPU || name == .amdGPU {
                count = min(count + min(entry.amount, Int64(CPUSet.greatestID)), Int64(CPUSet.greatestID))
            }
        }
        return Int(count)
    }

    /// The GPUs that the other pods of a pod's gang have, by node and bit.
    func gangGPUs(of task: Int) -> [Int: UInt64] {
        guard let job = tasks[task].job, !pins.assignments.isEmpty else { return [:] }
        var sets: [Int: UInt64] = [:]
        for other in jobs[job].tasks where other != task {
            guard let assignment = pins.assignment(of: other), !assignment.gpus.isEmpty,
                let node = nodeIndex(of: other), let machine = layout(of: node)?.gpus
            else { continue }
            sets[node, default: 0] |= machine.set(of: assignment.gpus)
        }
        return sets
    }

    /// What is to be written on a pod with its binding.
    func pinAnnotations(of task: Int) -> [String: String] {
        guard let assignment = pins.assignment(of: task), let node = nodeIndex(of: task) else { return [:] }
        return assignment.annotations(on: layout(of: node))
    }

    /// Who has what, for those who compare books: node, pod, GPUs, processors, by node and pod.
    public var pinLedger: [String] {
        pins.assignments.compactMap { task, assignment -> String? in
            guard let node = tasks[task].node else { return nil }
            let place = "\(nodes.entries[node].name) \(tasks[task].key)"
            return "\(place): GPUs \(assignment.gpus), CPUs \(assignment.cpus)"
        }.sorted { $0.precedes($1) }
    }
}
