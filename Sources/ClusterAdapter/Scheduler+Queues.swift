import ClusterModel
import Documents
import KubernetesAPI
import KubernetesClient
import SchedulingPolicy

// What becomes of queues: one that every cluster has, and what they say of their pods.
extension Scheduler {
    /// The queue of gangs that name none.
    private static let defaultQueue = "default"

    /// Makes the default queue where the cluster has queues and not that one, as Volcano's scheduler does.
    func makeDefaultQueue() {
        guard !absentKinds.contains(.queue), queues[Self.defaultQueue] == nil, nextDefaultQueue <= .now else {
            return
        }
        nextDefaultQueue = .now + .seconds(30)
        let queue: OutputValue = [
            "apiVersion": "scheduling.volcano.sh/v1beta1", "kind": "Queue",
            "metadata": ["name": .string(Self.defaultQueue)], "spec": ["weight": 1, "reclaimable": true],
        ]
        Task { [client, log] in
            do throws(ClientError) {
                _ = try await client.create(
                    .queues, namespace: nil, body: Array(queue.json(pretty: false).utf8))
                log.info("the default queue is made")
            } catch {
                if error.status?.reason == .alreadyExists { return }
                log.warning("the default queue cannot be made", ["error": "\(error)"])
            }
        }
    }

    /// Says of queues what their pods hold, those of the queues below them included.
    ///
    /// Source: Volcano's scheduler, main branch; that of 1.5 leaves the status to the queue controller.
    func writeStatuses(of uses: [CycleResult.QueueUse]) {
        if compatibility == .volcano15 || queues.isEmpty { return }
        var held: [String: ResourceList] = [:]
        for use in uses {
            var name: String? = use.name
            var seen: Set<String> = []
            while let queue = name, seen.insert(queue).inserted {
                // Amounts that do not add up have been refused before.
                try? held[queue, default: [:]].add(use.allocated)
                name = parent(of: queue)
            }
        }
        for (name, amounts) in held.sorted(by: { $0.key < $1.key }) {
            guard let queue = queues[name] else { continue }
            var allocated: [String: String] = [:]
            amounts.forEach { if $1 != 0 { allocated[$0.text] = Quantity.format($1, of: $0) } }
            if queue.statusAllocated != allocated {
                statuses.write(.queue(name, allocated: allocated, instead: queue.statusAllocated))
            }
        }
    }

    private func parent(of name: String) -> String? {
        guard let queue = queues[name], name != Queue.rootName else { return nil }
        return queue.parent.isEmpty ? Queue.rootName : queue.parent
    }
}

extension GroupVersionResource {
    static let queues = GroupVersionResource(
        group: "scheduling.volcano.sh", version: "v1beta1", resource: "queues")
}
