public import Documents

extension BenchmarkReport {
    /// The report as a tree to print; `init(_:sink:)` reads it back.
    public var document: OutputValue {
        .object([
            ("format", 1), ("machine", Self.document(machine)), ("seed", .string(String(seed))),
            ("quick", .bool(isQuick)), ("measurements", .list(measurements.map(Self.document))),
        ])
    }

    private static func document(_ machine: Machine) -> OutputValue {
        .object([
            ("processor", .string(machine.processor)), ("cores", .integer(Int64(machine.cores))),
            ("megahertz", machine.megahertz.map { .number($0) } ?? .null),
            ("memoryBytes", .integer(machine.memoryBytes)), ("kernel", .string(machine.kernel)),
            ("swift", .string(machine.swift)), ("optimised", .bool(machine.isOptimised)),
            ("commit", .string(machine.commit)), ("load", .number(machine.load)),
        ])
    }

    private static func document(_ measurement: Measurement) -> OutputValue {
        .object([
            ("case", .string(measurement.caseName)), ("conditions", .string(measurement.conditions)),
            ("quantity", .string(measurement.quantity)), ("unit", .string(measurement.unit.rawValue)),
            ("better", .string(measurement.direction.rawValue)), ("median", .number(measurement.median)),
            ("best", .number(measurement.best)), ("spread", .number(measurement.spread)),
            ("cpuMedian", measurement.cpuMedian.map { .number($0) } ?? .null),
            ("target", measurement.target.map { .number($0) } ?? .null),
            ("growth", .list(measurement.growth.map(Self.document))),
            ("values", .list(measurement.values.map { .number($0) })),
            ("cpuValues", .list(measurement.cpuValues.map { .number($0) })),
        ])
    }

    private static func document(_ point: GrowthPoint) -> OutputValue {
        .object([("by", .string(point.axis.rawValue)), ("size", .integer(Int64(point.size)))])
    }

    /// Reads a report that was printed as JSON.
    ///
    /// - Returns: `nil` when the text is no such report; the sink says why.
    public init?(json bytes: [UInt8], file: String, sink: ProblemSink) {
        let parsed = DocumentParser.parse(bytes, file: file)
        for problem in parsed.problems { sink.report(problem) }
        guard let value = parsed.documents.first else { return nil }
        let root = FieldReader(value, sink: sink)
        guard root.integer("format", in: 1...1) != nil, let machine = root.object("machine") else {
            root.report("format", "expected a report of gangwright bench, format 1")
            return nil
        }
        self.machine = Self.machine(machine)
        seed = root.string("seed").flatMap { UInt64($0) } ?? 0
        isQuick = root.bool("quick") ?? false
        measurements = root.objects("measurements").compactMap(Self.measurement)
        if sink.hasErrors { return nil }
    }

    private static func machine(_ reader: FieldReader) -> Machine {
        Machine(
            processor: reader.string("processor") ?? "", cores: Int(reader.integer("cores") ?? 0),
            megahertz: reader.double("megahertz"), memoryBytes: reader.integer("memoryBytes") ?? 0,
            kernel: reader.string("kernel") ?? "", swift: reader.string("swift") ?? "",
            isOptimised: reader.bool("optimised") ?? true, commit: reader.string("commit") ?? "",
            load: reader.double("load") ?? 0)
    }

    private static func measurement(_ reader: FieldReader) -> Measurement? {
        guard let name = reader.requiredString("case"), let quantity = reader.requiredString("quantity"),
            let unit = reader.requiredString("unit").flatMap(Measurement.Unit.init),
            let direction = reader.requiredString("better").flatMap(Measurement.Direction.init)
        else {
            reader.report("unit", "expected case, quantity, unit and better of a measurement")
            return nil
        }
        var measurement = Measurement(
            quantity, reader.string("conditions") ?? "", unit: unit, better: direction,
            values: numbers(reader.value("values")), cpuValues: numbers(reader.value("cpuValues")),
            target: reader.double("target"))
        measurement.caseName = name
        measurement.growth = reader.objects("growth").compactMap { point in
            guard let axis = point.string("by").flatMap(GrowthPoint.Axis.init),
                let size = point.integer("size")
            else { return nil }
            return GrowthPoint(axis: axis, size: Int(size))
        }
        return measurement
    }

    private static func numbers(_ value: Value?) -> [Double] {
        guard let value, value.kind == .sequence else { return [] }
        return value.elements.compactMap(\.double)
    }
}
