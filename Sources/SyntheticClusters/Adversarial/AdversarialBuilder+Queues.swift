import ClusterModel

extension AdversarialBuilder {
    mutating func addQueuesAndClasses() {
        if !happens(.noQueues, in: 6) {
            for number in 0..<random.integer(in: 0...3) {
                snapshot.queues.append(makeQueue("queue-\(number)"))
            }
            if snapshot.queues.isEmpty || random.chance(2, in: 3) {
                snapshot.queues.append(makeQueue("default"))
            }
        }
        let classes = [
            PriorityClass(name: "low", value: -10), PriorityClass(name: "high", value: 1_000),
            PriorityClass(name: "usual", value: 5, isGlobalDefault: true),
        ]
        for priorityClass in classes where random.chance(1, in: 2) {
            snapshot.priorityClasses.append(priorityClass)
        }
    }

    /// A queue of the cluster; `default`, which exists even where no object says so; or one that does not exist.
    mutating func queueName() -> String {
        if happens(.missingQueues, in: 6) { return Self.unknownQueue }
        return random.choice(snapshot.queues.map(\.name) + ["default"])
    }

    /// A priority as the API server would derive it from a class, or one of the odd ones.
    mutating func addPriority(to pod: inout Pod) {
        if !snapshot.priorityClasses.isEmpty, random.chance(1, in: 2) {
            let priorityClass = random.choice(snapshot.priorityClasses)
            pod.priorityClassName = priorityClass.name
            pod.priority = priorityClass.value
        } else {
            pod.priority = snapshot.priorityClasses.first(where: \.isGlobalDefault)?.value ?? 0
        }
        if happens(.oddPriorities, in: 4) {
            switch random.integer(in: 0...2) {
            case 0: pod.priority = nil
            case 1: pod.priority = random.choice([-5, 7, Int32.max, Int32.min])
            default: pod.priorityClassName = Self.unknownPriorityClass
            }
        }
    }

    private mutating func makeQueue(_ name: String) -> Queue {
        var queue = Queue(name: name, created: creation(), weight: random.choice([1, 1, 2, 3, 10]))
        if happens(.closedQueues, in: 4) { queue.state = random.choice([.closed, .closing, .unknown]) }
        if happens(.queueCapabilities, in: 3) {
            queue.capability = random.choice([
                [.cpu: 4_000], [.nvidiaGPU: 2], [.nvidiaGPU: 0], [.cpu: 8_000, .nvidiaGPU: 8],
            ])
        }
        if happens(.queueGuarantees, in: 3) {
            queue.guarantee = random.choice([[.cpu: 1_000], [.nvidiaGPU: 2], [.cpu: 2_000, .nvidiaGPU: 1]])
        }
        if happens(.queuePriorities, in: 3) { queue.priority = random.choice([-1, 1, 10]) }
        return queue
    }
}
