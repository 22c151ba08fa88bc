import Allocator
import ClusterModel
import Documents

/// Questions to an extender and what its answers mean.
struct ExtenderCalls {
    let extender: (any SchedulerExtender)?
    let verbs: [ExtenderVerb: String]
    let isIgnorable: Bool
    let managed: [ResourceName]

    /// Whether there is a verb for a question.
    func has(_ verb: ExtenderVerb) -> Bool { verbs[verb] != nil }

    /// Whether the extender is asked about a pod: about all, or only about those that ask for what it manages.
    func manages(_ task: Int, _ session: Session) -> Bool {
        if managed.isEmpty { return true }
        let columns = managed.compactMap(session.resources.column)
        return session.amounts.range(of: session.tasks[task].request).contains { index in
            let entry = session.amounts.entries[index]
            return entry.amount > 0 && columns.contains(entry.column)
        }
    }

    /// The answer, an object; `nil` if there is none.
    func ask(_ verb: ExtenderVerb, _ request: OutputValue) -> OutputValue? { try? answer(verb, request) }

    private func answer(
        _ verb: ExtenderVerb, _ request: OutputValue
    ) throws(ExtenderError) -> OutputValue {
        guard let extender, let name = verbs[verb] else {
            throw ExtenderError("there is no extender to ask")
        }
        return try extender.answer(name, to: request)
    }

    // MARK: Nodes

    /// A status code of Volcano's that says that things may change if pods leave the node.
    private static let unschedulable: Int64 = 2

    /// Why a node cannot take a pod; `nil` if it can.
    func refusal(of task: Int, on node: Int, _ session: Session) -> NodeRefusal? {
        let request = OutputValue.object([
            ("task", session.extenderTask(task)), ("node", session.extenderNode(node)),
        ])
        do throws(ExtenderError) {
            let answer = try answer(.predicate, request)
            guard let text = answer["status"]?.string, !text.isEmpty else { return nil }
            return .rule(text, isResolvable: answer["code"]?.integer == Self.unschedulable)
        } catch {
            return isIgnorable ? nil : .rule("extender: \(error.message)", isResolvable: false)
        }
    }

    /// The points of nodes. One node alone is not asked about, as in Volcano.
    func scores(of task: Int, on nodes: [Int], _ session: Session, noting scores: ExtenderScores) -> [Int64] {
        let none = [Int64](repeating: 0, count: nodes.count)
        if nodes.count < 2 { return none }
        let request = OutputValue.object([
            ("task", session.extenderTask(task)), ("nodes", .list(nodes.map(session.extenderNode))),
        ])
        do throws(ExtenderError) {
            let answer = try answer(.prioritize, request)
            let message = answer["errorMessage"]?.string ?? ""
            guard message.isEmpty, let points = answer["nodeScore"] else { throw ExtenderError(message) }
            return nodes.map { node in
                let score = points[session.allocator.node(node).name]?.number ?? 0
                return Int64((max(-0x1p30, min(score, 0x1p30)) * Double(scoreUnit)).rounded())
            }
        } catch {
            if !isIgnorable { scores.failure = "extender: \(error.message)" }
            return none
        }
    }

    // MARK: Victims

    /// The pods that may leave for a pod; `nil` is no opinion. Whatever goes wrong, none may.
    func victims(
        _ verb: ExtenderVerb, for task: Int, among candidates: [Int], _ session: Session
    ) -> [Int]? {
        if !manages(task, session) { return nil }
        let request = OutputValue.object([
            ("evictor", session.extenderTask(task)),
            ("evictees", .list(candidates.map(session.extenderTask))),
        ])
        guard let answer = ask(verb, request) else { return [] }
        if answer["status"]?.integer ?? 0 == 0 { return nil }
        guard case .list(let victims) = answer["victims"] ?? .list([]) else { return [] }
        let names = Set(victims.compactMap(Self.podName))
        return candidates.filter { names.contains(session.tasks[$0].key.description) }
    }

    /// Namespace and name of a pod in an answer.
    private static func podName(_ value: OutputValue) -> String? {
        if let text = value.string { return text }
        guard let name = (value["Name"] ?? value["name"])?.string else { return nil }
        let namespace = (value["Namespace"] ?? value["namespace"])?.string ?? "default"
        return ObjectKey(namespace: namespace, name: name).description
    }

    // MARK: Gangs

    /// Whether a gang is admitted.
    func vote(on job: Int, _ session: Session) -> Vote {
        do throws(ExtenderError) {
            let answer = try answer(.jobEnqueueable, .object([("job", session.extenderJob(job))]))
            let vote = answer["status"]?.integer ?? 0
            if vote == 0 { return .abstain }
            return vote > 0 ? .permit : .reject("the extender does not admit it")
        } catch {
            return isIgnorable ? .permit : .reject("extender: \(error.message)")
        }
    }
}
