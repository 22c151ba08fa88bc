import Allocator
import ClusterModel

/// Host ports: a node where a pod uses one takes no other pod that wants it.
///
/// Source: kube-scheduler's `NodePorts`. Leaving pods hold their ports until they have gone, promised ones already do.
extension Session {
    /// Takes note of the ports of a pod.
    func noteHostPorts(of pod: Pod, _ task: Int) {
        if !pod.hostPorts.isEmpty { hostPorts.setPorts(numbers(of: pod.hostPorts), of: task) }
    }

    /// Forgets the ports of a pod that is on no node any more.
    func forgetHostPorts(of task: Int) {
        if hostPorts.ports(of: task) != nil { hostPorts.setPorts(nil, of: task) }
    }

    /// The marks of nodes where one of a pod's ports is taken.
    func hostPortMarks(of pod: Pod) -> [NodeMark] {
        pod.hostPorts.isEmpty ? [] : numbers(of: pod.hostPorts).map(hostPorts.mark)
    }

    /// Counts the ports of a pod that comes to a node (`1`) or leaves it (`-1`).
    @inline(__always)
    func bookHostPorts(of task: Int, on node: Int, sign: Int) {
        guard let ports = hostPorts.ports(of: task) else { return }
        for port in ports where hostPorts.count(port, on: node, by: sign) && hostPorts.areChecked {
            for rival in hostPorts.rivals(of: port) { setMark(of: rival, on: node) }
        }
    }

    /// Begins or ceases to look at ports.
    func checkHostPorts(_ areChecked: Bool) {
        if hostPorts.areChecked == areChecked { return }
        hostPorts.areChecked = areChecked
        for port in hostPorts.indices { setMarks(of: port) }
    }

    /// The ports' numbers in the table, each once.
    private func numbers(of ports: [HostPort]) -> [Int] {
        var numbers: [Int] = []
        for port in ports {
            let number = hostPorts.find(port) ?? addHostPort(port)
            if !numbers.contains(number) { numbers.append(number) }
        }
        return numbers
    }

    private func addHostPort(_ port: HostPort) -> Int {
        let mark = allocator.makeMark(refusal: "node(s) didn't have free ports for the requested pod ports")
        let number = hostPorts.add(port, mark: mark)
        setMarks(of: number)
        return number
    }

    private func setMarks(of port: Int) {
        for rival in hostPorts.rivals(of: port) {
            for node in hostPorts.nodes(of: rival) { setMark(of: port, on: node) }
        }
    }

    private func setMark(of port: Int, on node: Int) {
        let isSet = hostPorts.areChecked && hostPorts.isTaken(port, on: node)
        allocator.setMark(hostPorts.mark(of: port), on: node, to: isSet)
    }
}
