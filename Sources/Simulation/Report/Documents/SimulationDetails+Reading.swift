import ClusterModel
import Documents

extension SimulationDetails {
    /// Reads details that `document` has written, without the list of jobs; reports what is wrong.
    init?(_ reader: FieldReader, duration: Double) {
        guard let seriesReader = reader.object("series"), let series = SimulationSeries(seriesReader),
            let waits = reader.numbers("waitSeconds")
        else {
            reader.report("series", "expected a series and the waits")
            return nil
        }
        self.series = series
        self.duration = Self.milliseconds(duration)
        self.waits = waits.map(Self.milliseconds)
        pictures = reader.objects("pictures").map(OccupancyPicture.init)
        gangs = reader.objects("gangs").map(Gang.init)
        jobs = nil
        residents = nil
    }

    /// Seconds as written, in milliseconds: exact for any time that a run can reach.
    static func milliseconds(_ seconds: Double) -> Int64 {
        let milliseconds = (seconds * 1_000).rounded()
        return milliseconds.magnitude < 9e15 ? Int64(milliseconds) : 0
    }
}

extension SimulationSeries {
    fileprivate init?(_ reader: FieldReader) {
        guard let span = reader.milliseconds("spanSeconds") else { return nil }
        self.init()
        self.span = span
        queues = reader.strings("queues")
        models = reader.strings("models")
        var count: Int?
        for (name, path) in Self.columns {
            guard let numbers = reader.numbers(name), numbers.count == count ?? numbers.count else {
                reader.report(name, "expected as many numbers as in the other columns")
                return nil
            }
            if count == nil {
                count = numbers.count
                points = Array(repeating: Point(), count: numbers.count)
            }
            for (index, number) in numbers.enumerated() { points[index][keyPath: path] = number }
        }
        let lists =
            Self.columnsByQueue.map { ($0, queues.count) } + Self.columnsByModel.map { ($0, models.count) }
        for ((name, path), count) in lists {
            guard let columns = reader.columns(name, count: count, length: points.count) else { return nil }
            for index in points.indices { points[index][keyPath: path] = columns.map { $0[index] } }
        }
    }
}

extension OccupancyPicture {
    fileprivate init(_ reader: FieldReader) {
        time = reader.milliseconds("seconds") ?? 0
        nodes = reader.objects("nodes").map { node in
            Node(
                name: node.string("name") ?? "", model: node.string("model") ?? "",
                gpus: node.integer("gpus", in: 0...Self.mostGPUs) ?? 0,
                used: node.integer("used", in: 0...Self.mostGPUs) ?? 0, isUp: node.bool("isUp") ?? true)
        }
    }

    /// More GPUs than this has no node; it keeps sums of nodes within their range.
    private static let mostGPUs: Int64 = 1 << 32
}

extension SimulationDetails.Gang {
    fileprivate init(_ reader: FieldReader) {
        key = ObjectKey(namespace: reader.string("namespace") ?? "", name: reader.string("name") ?? "")
        queue = reader.string("queue") ?? ""
        gpus = reader.integer("gpus") ?? 0
        submitted = reader.milliseconds("submitted") ?? 0
        ended = reader.value("ended") == nil ? nil : reader.milliseconds("ended")
        runs = reader.objects("runs").map { run in
            JobOutcome.Run(
                start: run.milliseconds("start") ?? 0, end: run.milliseconds("end") ?? 0,
                pods: Int(run.integer("pods", in: 0...Int64(Int32.max)) ?? 0))
        }
    }
}

extension FieldReader {
    /// The member `key`, which must be seconds, in milliseconds.
    fileprivate func milliseconds(_ key: String) -> Int64? {
        requiredDouble(key).map(SimulationDetails.milliseconds)
    }

    /// The member `key` as a list of finite numbers.
    fileprivate func numbers(_ key: String) -> [Double]? {
        guard let list = value(key), let numbers = Self.numbers(list) else {
            report(key, "expected a list of numbers")
            return nil
        }
        return numbers
    }

    /// The member `key` as so many lists of so many numbers each.
    fileprivate func columns(_ key: String, count: Int, length: Int) -> [[Double]]? {
        let columns = value(key)?.elements.compactMap(Self.numbers) ?? []
        guard columns.count == count, columns.allSatisfy({ $0.count == length }) else {
            report(key, "expected \(count) lists of \(length) numbers")
            return nil
        }
        return columns
    }

    private static func numbers(_ list: Value) -> [Double]? {
        guard list.kind == .sequence else { return nil }
        var numbers: [Double] = []
        numbers.reserveCapacity(list.count)
        for element in list.elements {
            guard let number = element.double, number.isFinite else { return nil }
            numbers.append(number)
        }
        return numbers
    }
}
