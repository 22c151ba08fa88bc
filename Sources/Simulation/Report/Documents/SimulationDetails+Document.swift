import ClusterModel
import Documents
import SchedulingPolicy

extension SimulationDetails {
    /// The details, times in seconds since the start.
    var document: OutputValue {
        var members: [(String, OutputValue)] = [
            ("series", series.document), ("waitSeconds", .list(waits.map { .init(milliseconds: $0) })),
            ("pictures", .list(pictures.map(\.document))), ("gangs", .list(gangs.map(\.document))),
        ]
        if let jobs { members.append(("jobs", .list(jobs.map(\.document)))) }
        if let residents {
            let documents = residents.map { pod -> OutputValue in
                [
                    "namespace": .string(pod.key.namespace), "name": .string(pod.key.name),
                    "started": .init(milliseconds: pod.started), "node": .string(pod.node),
                ]
            }
            members.append(("residents", .list(documents)))
        }
        return .object(members)
    }
}

extension SimulationSeries {
    /// The series by columns: each member of a point is a list with one value a point; what is said of each queue or model is a list
    /// of such lists.
    fileprivate var document: OutputValue {
        var members: [(String, OutputValue)] = [
            ("spanSeconds", .init(milliseconds: span)), ("queues", .list(queues.map { .string($0) })),
            ("models", .list(models.map { .string($0) })),
        ]
        for (name, path) in Self.columns {
            members.append((name, .list(points.map { .number($0[keyPath: path]) })))
        }
        for (name, path) in Self.columnsByQueue {
            members.append((name, Self.lists(points.map { $0[keyPath: path] }, count: queues.count)))
        }
        for (name, path) in Self.columnsByModel {
            members.append((name, Self.lists(points.map { $0[keyPath: path] }, count: models.count)))
        }
        return .object(members)
    }

    private static func lists(_ points: [[Double]], count: Int) -> OutputValue {
        .list((0..<count).map { index in .list(points.map { .number($0[index]) }) })
    }

    /// What is one number a point, by its name in documents.
    static var columns: [(name: String, path: WritableKeyPath<Point, Double>)] {
        [
            ("gpuCapacity", \.gpuCapacity), ("gpuAllocated", \.gpuAllocated),
            ("gpuFragmented", \.gpuFragmented), ("cpuCapacity", \.cpuCapacity),
            ("cpuAllocated", \.cpuAllocated), ("runningJobs", \.runningJobs),
            ("waitingJobs", \.waitingJobs), ("waitingGPUs", \.waitingGPUs),
        ]
    }

    /// What is a number for each queue.
    static var columnsByQueue: [(name: String, path: WritableKeyPath<Point, [Double]>)] {
        [
            ("queueAllocated", \.queueAllocated), ("queueDeserved", \.queueDeserved),
            ("queueWaiting", \.queueWaiting),
        ]
    }

    /// What is a number for each GPU model.
    static var columnsByModel: [(name: String, path: WritableKeyPath<Point, [Double]>)] {
        [("modelAllocated", \.modelAllocated), ("modelCapacity", \.modelCapacity)]
    }
}

extension OccupancyPicture {
    fileprivate var document: OutputValue {
        [
            "seconds": .init(milliseconds: time),
            "nodes": .list(
                nodes.map {
                    [
                        "name": .string($0.name), "model": .string($0.model), "gpus": .integer($0.gpus),
                        "used": .integer($0.used), "isUp": .bool($0.isUp),
                    ]
                }),
        ]
    }
}

extension SimulationDetails.Gang {
    fileprivate var document: OutputValue {
        [
            "namespace": .string(key.namespace), "name": .string(key.name), "queue": .string(queue),
            "gpus": .integer(gpus), "submitted": .init(milliseconds: submitted),
            "ended": .init(milliseconds: ended),
            "runs": .list(
                runs.map {
                    [
                        "start": .init(milliseconds: $0.start), "end": .init(milliseconds: $0.end),
                        "pods": .init($0.pods),
                    ]
                }),
        ]
    }
}

extension SimulationDetails.Job {
    fileprivate var document: OutputValue {
        [
            "namespace": .string(key.namespace), "name": .string(key.name), "queue": .string(queue),
            "user": .string(user), "instanceType": .string(instanceType), "pods": .init(pods),
            "gpus": .integer(gpus), "state": .string(state.rawValue),
            "submitted": .init(milliseconds: submitted), "started": .init(milliseconds: started),
            "ended": .init(milliseconds: ended), "runTime": .init(milliseconds: runTime),
            "wait": .init(milliseconds: wait), "slowdown": .init(slowdown), "evictions": .init(evictions),
            "failures": .init(failures), "lostWork": .init(milliseconds: lostWork),
            "gpuHours": .number(Double(gpuTime) / 3_600_000),
            "expectedStart": .init(milliseconds: expectedStart),
            "lastReason": lastReason.map { .string($0.rawValue) } ?? .null,
            "nodes": .object(
                nodes.sorted { $0.key.precedes($1.key) }.map { ($0.key, .string($0.value)) }),
        ]
    }
}
