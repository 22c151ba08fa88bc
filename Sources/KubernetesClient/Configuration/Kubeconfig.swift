import Documents

/// One or more kubeconfig files as one, merged as kubectl does it: the first file to name a thing has its say.
///
/// A cluster, user or context is taken whole from the first file that has it; later ones are passed over.
public struct Kubeconfig {
    /// A cluster, user or context, and where it stands.
    struct Entry {
        let name: String
        /// The mapping `cluster`, `user` or `context`.
        let fields: FieldReader

        /// `path` relative to the entry's file.
        func resolve(_ path: String) -> String { LocalFile.resolve(path, from: fields.value.file) }
    }

    private(set) var clusters: [String: Entry] = [:]
    private(set) var users: [String: Entry] = [:]
    private(set) var contexts: [String: Entry] = [:]
    private(set) var currentContext: String?
    /// The files, for messages.
    let files: [String]

    /// Reads files in the order of their precedence.
    ///
    /// - Throws: Everything that is wrong with the files, though not with entries that are not asked for.
    public init(files: [String]) throws(ConfigurationError) {
        var texts: [(file: String, text: [UInt8])] = []
        for file in files {
            do { texts.append((file, try LocalFile.read(file))) } catch {
                throw ConfigurationError([Problem(file: error.path, line: 0, message: error.reason)])
            }
        }
        try self.init(texts: texts)
    }

    /// Reads texts in the order of their precedence. Paths in them are relative to the folder of `file`.
    public init(texts: [(file: String, text: [UInt8])]) throws(ConfigurationError) {
        files = texts.map(\.file)
        let sink = ProblemSink()
        for (file, text) in texts {
            let parsed = DocumentParser.parse(text, file: file)
            for problem in parsed.problems { sink.report(problem) }
            // An empty file is an empty configuration.
            for document in parsed.documents { add(FieldReader(document, sink: sink)) }
        }
        let errors = sink.problems.filter { $0.severity == .error }
        if !errors.isEmpty { throw ConfigurationError(errors) }
    }

    private mutating func add(_ config: FieldReader) {
        if let kind = config.string("kind"), kind != "Config" {
            config.report("kind", "found \(kind), expected Config")
        }
        if let version = config.string("apiVersion"), version != "v1" {
            config.report("apiVersion", "found \(version), expected v1")
        }
        func merge(_ list: String, _ member: String, into known: inout [String: Entry]) {
            var own: Set<String> = []
            for item in config.objects(list) {
                guard let name = item.requiredString("name") else { continue }
                guard own.insert(name).inserted else {
                    item.report("name", "found \"\(name)\" a second time in \(list), expected it once")
                    continue
                }
                // A user may have nothing but a name.
                let value = item.value(member) ?? item.value
                guard value.kind == .mapping else {
                    item.report(member, "found \(value.kindName), expected a mapping")
                    continue
                }
                let fields = FieldReader(value, path: item.path(to: member), sink: config.sink)
                if known[name] == nil { known[name] = Entry(name: name, fields: fields) }
            }
        }
        merge("clusters", "cluster", into: &clusters)
        merge("users", "user", into: &users)
        merge("contexts", "context", into: &contexts)
        if currentContext == nil, let current = config.string("current-context"), !current.isEmpty {
            currentContext = current
        }
    }
}

extension Kubeconfig {
    /// The files that kubectl would read, in the order of their precedence.
    ///
    /// - Parameter explicit: The file of `--kubeconfig`, which then is the only one and must exist.
    /// - Returns: Those of KUBECONFIG that exist, or the one in the home folder; empty if there is none.
    public static func files(explicit: String?, environment: [String: String]) -> [String] {
        if let explicit, !explicit.isEmpty { return [explicit] }
        if let list = environment["KUBECONFIG"], !list.isEmpty {
            var files: [String] = []
            for file in list.split(separator: ":").map(String.init) where !files.contains(file) {
                if LocalFile.exists(file) { files.append(file) }
            }
            return files
        }
        guard let home = environment["HOME"], !home.isEmpty else { return [] }
        let file = home + "/.kube/config"
        return LocalFile.exists(file) ? [file] : []
    }
}

extension ClientConfiguration {
    /// The cluster that kubectl would talk to, or the one that this process runs in where no kubeconfig is found.
    ///
    /// - Parameters:
    ///   - kubeconfig: The value of `--kubeconfig`.
    ///   - context: The value of `--context`.
    public static func find(
        kubeconfig: String? = nil, context: String? = nil, environment: [String: String]
    ) throws(ConfigurationError) -> ClientConfiguration {
        let files = Kubeconfig.files(explicit: kubeconfig, environment: environment)
        if files.isEmpty {
            guard isInCluster(environment: environment) else {
                let message =
                    "found neither a kubeconfig (--kubeconfig, KUBECONFIG, ~/.kube/config) nor a service account"
                throw ConfigurationError([Problem(file: "kubeconfig", line: 0, message: message)])
            }
            return try inCluster(environment: environment)
        }
        return try Kubeconfig(files: files).configuration(context: context)
    }
}
