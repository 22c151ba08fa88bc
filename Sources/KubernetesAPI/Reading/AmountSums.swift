internal import ClusterModel
internal import Documents

/// Adds up the amounts of all objects, to name the object that takes a sum beyond 63 bits.
///
/// Scheduling adds amounts up in many ways. None of its sums exceeds these: what all nodes have; and what all pods,
/// minima of gangs, guarantees and deserved shares of queues, used quotas and instance types ask for, where a pod
/// without a gang is its own minimum.
struct AmountSums {
    private var offered = ResourceList()
    private var asked = ResourceList()
    /// The first sum that did not fit, if any did not.
    private(set) var problem: Problem?

    /// Adds what a node has.
    mutating func offer(_ amounts: ResourceList, at place: Place, field: String) {
        if problem != nil { return }
        do throws(ResourceOverflow) {
            try offered.add(amounts)
        } catch {
            problem = place.problem(field, "\(error.description), in all nodes so far")
        }
    }

    /// Adds a minimum or a guarantee.
    mutating func ask(_ amounts: ResourceList, at place: Place, field: String) {
        if problem != nil { return }
        do throws(ResourceOverflow) {
            try asked.add(amounts)
        } catch {
            problem = place.problem(field, "\(error.description), in all that is asked for so far")
        }
    }

    /// Adds what a pod asks for, and what it counts for in scores if that is more.
    mutating func ask(_ pod: Pod, at place: Place, field: String) {
        if pod.isTerminal { return }
        var amounts = pod.requests
        amounts.raise(to: [.cpu: pod.nonZeroRequests.milliCPU, .memory: pod.nonZeroRequests.memory])
        ask(amounts, at: place, field: field)
        if pod.podGroup == nil { ask(amounts, at: place, field: field) }
    }
}
