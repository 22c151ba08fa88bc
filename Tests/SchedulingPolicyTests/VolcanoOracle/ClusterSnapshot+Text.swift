import ClusterModel

extension ClusterSnapshot {
    /// The whole cluster in a few lines, for messages.
    var compactText: String {
        func text(_ list: ResourceList) -> String {
            list.sorted.map { entry in
                let amount =
                    entry.name == .memory ? "\(Double(entry.amount) / 1_073_741_824)Gi" : "\(entry.amount)"
                return "\(entry.name.text.split(separator: "/").last ?? "")=\(amount)"
            }.joined(separator: ",")
        }
        func time(_ created: Timestamp?) -> String {
            created.map { " t=\($0.secondsSinceEpoch % 100)" } ?? ""
        }
        var lines = nodes.map { node in
            "node \(node.name) \(text(node.allocatable)) \(node.labels["zone"] ?? "") \(node.taints)"
                + (node.isUnschedulable ? " cordoned" : "")
        }
        lines += queues.map { queue in
            "queue \(queue.name) w=\(queue.weight) p=\(queue.priority) max=\(text(queue.capability ?? [:])) deserved=\(text(queue.deserved)) "
                + "kept=\(text(queue.guarantee)) \(queue.state.rawValue)\(time(queue.created))"
                + (queue.isReclaimable ? "" : " keeps all")
                + (queue.parent.isEmpty ? "" : " in \(queue.parent)")
        }
        lines += priorityClasses.map { "class \($0.name)=\($0.value)\($0.isGlobalDefault ? " default" : "")" }
        for group in podGroups {
            let roles = group.minTaskMember.map { "\($0.role):\($0.minimum)" }.joined(separator: ",")
            lines.append(
                "gang \(group.key.name) min=\(group.minMember) roles=[\(roles)] queue=\(group.queue) "
                    + "\(group.phase.rawValue) class=\(group.priorityClassName) "
                    + "minResources=\(group.minResources.map { text($0) } ?? "none")\(time(group.created))")
            for pod in pods where pod.podGroup == group.key.name { lines.append("  " + line(pod)) }
        }
        lines += pods.filter { $0.podGroup == nil }.map(line)
        return lines.joined(separator: "\n")

        func line(_ pod: Pod) -> String {
            var words = [pod.key.name, text(pod.requests)]
            if let priority = pod.priority { words.append("p=\(priority)") }
            if let node = pod.nodeName { words.append("\(pod.phase.rawValue)@\(node)") }
            if pod.isTerminating { words.append("leaving") }
            if !pod.nodeSelector.isEmpty { words.append("zone=a") }
            if pod.nodeAffinity.required != nil { words.append("zone=b") }
            if !pod.nodeAffinity.preferred.isEmpty { words.append("prefers b") }
            if !pod.tolerations.isEmpty { words.append("tolerates") }
            if !pod.annotations.isEmpty { words.append("\(pod.annotations)") }
            if !pod.priorityClassName.isEmpty { words.append(pod.priorityClassName) }
            return words.joined(separator: " ") + time(pod.created)
        }
    }
}
