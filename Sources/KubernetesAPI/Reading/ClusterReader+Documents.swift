internal import ClusterModel
internal import Documents

// How a document comes apart into objects.
extension ClusterReader {
    /// What the items of a typed list need not repeat.
    struct TypeMeta {
        var apiVersion: String
        var kind: String
    }

    /// Reads an object, a job, or a list of them.
    ///
    /// - Parameters:
    ///   - path: Where the value stands in its document, empty for the document itself.
    ///   - inherited: The type that an item takes from its list.
    ///   - unnamedJobs: The jobs of this text so far that took their name from the file.
    mutating func readDocument(
        _ value: Value, path: String, inherited: TypeMeta?, unnamedJobs: inout Int, sink: ProblemSink
    ) {
        switch value.kind {
        case .null where path.isEmpty:
            break
        case .mapping:
            let object = FieldReader(value, path: path, sink: sink)
            readMapping(object, inherited: inherited, unnamedJobs: &unnamedJobs)
        case .sequence where path.isEmpty:
            readItems(of: value, path: path, inherited: nil, unnamedJobs: &unnamedJobs, sink: sink)
        default:
            sink.report(
                Problem(
                    file: value.file, line: value.line, column: value.column, field: path,
                    message: "found \(value.kindName), expected \(Self.expectedDocument)"))
        }
    }

    static let expectedDocument = "a Kubernetes object or an Azure ML job"

    private mutating func readItems(
        of list: Value, path: String, inherited: TypeMeta?, unnamedJobs: inout Int, sink: ProblemSink
    ) {
        for (index, item) in list.elements.enumerated() {
            readDocument(
                item, path: "\(path)[\(index)]", inherited: inherited, unnamedJobs: &unnamedJobs, sink: sink)
        }
    }

    private mutating func readMapping(_ object: FieldReader, inherited: TypeMeta?, unnamedJobs: inout Int) {
        if object.lacks("kind"), inherited == nil {
            if CommandJobReader.recognises(object.value) {
                readJob(object, unnamedJobs: &unnamedJobs)
            } else {
                object.report("kind", "missing; expected \(Self.expectedDocument)")
            }
            return
        }
        let kind = object.lacks("kind") ? inherited?.kind : object.requiredString("kind")
        let apiVersion =
            object.lacks("apiVersion") && inherited != nil
            ? inherited?.apiVersion : object.requiredString("apiVersion")
        guard let kind, let apiVersion else { return }
        // A scenario may lie beside the objects that it names; it is none.
        if kind == "Scenario", ObjectKind.group(of: apiVersion) == "gangwright.io" { return }

        if let itemKind = Self.itemKind(ofList: kind, object) {
            guard !object.lacks("items"), let items = object.value("items") else { return }
            guard items.kind == .sequence else {
                object.report("items", "found \(items.kindName), expected a list of objects")
                return
            }
            let meta = itemKind.isEmpty ? nil : TypeMeta(apiVersion: apiVersion, kind: itemKind)
            let path = object.path.isEmpty ? "items" : "\(object.path).items"
            readItems(of: items, path: path, inherited: meta, unnamedJobs: &unnamedJobs, sink: object.sink)
        } else if let known = ObjectKind(apiVersion: apiVersion, kind: kind) {
            readObject(object, kind: known)
        } else {
            skippedKinds[ObjectKind.skippedName(apiVersion: apiVersion, kind: kind), default: 0] += 1
        }
    }

    /// The kind of a list's items, empty for `List` itself; `nil` for what is no list.
    private static func itemKind(ofList kind: String, _ object: FieldReader) -> String? {
        guard kind.hasSuffix("List") else { return nil }
        let itemKind = String(kind.dropLast("List".count))
        // A custom resource may be called a list without being one of ours.
        let isList = itemKind.isEmpty || ObjectKind.knows(itemKind) || object.value("items") != nil
        return isList ? itemKind : nil
    }

    private mutating func readJob(_ document: FieldReader, unnamedJobs: inout Int) {
        var name = ""
        if document.lacks("name") || document.value("name")?.string == "" {
            unnamedJobs += 1
            name = JobName.fromFile(document.value.file)
            if unnamedJobs > 1 { name += "-\(unnamedJobs)" }
        }
        let before = document.sink.problems.count
        let job = CommandJobReader.read(document, namespace: options.namespace, fallbackName: name)
        if document.sink.hasErrors(since: before) { return }
        jobs.insert(job, key: job.key, from: document, named: document, isOverlay: isOverlay)
        if isOverlay || instanceTypePlaces[job.key] == nil,
            let type = document.object("resources")?.value("instance_type")
        {
            instanceTypePlaces[job.key] = Place(of: type, path: document.path)
        }
    }
}

extension ProblemSink {
    /// True when an error was reported after the first so many problems.
    func hasErrors(since count: Int) -> Bool {
        problems[count...].contains { $0.severity == .error }
    }
}
