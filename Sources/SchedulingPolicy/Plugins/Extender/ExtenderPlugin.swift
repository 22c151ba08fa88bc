import Allocator
import ClusterModel
import Documents

/// Asks somebody outside: which nodes, how good, who leaves, who is admitted, who is ready.
///
/// Source: Volcano's `extender`. What has no verb is not asked. The requests go to the `SchedulerExtender` of the session; how
/// they travel is its business.
struct ExtenderPlugin: Plugin {
    static let name = "extender"
    static let arguments =
        [
            ArgumentSchema(name: "extender.urlPrefix", kind: .string(default: nil)),
            ArgumentSchema(name: "extender.httpTimeout", kind: .duration(default: .seconds(1))),
            ArgumentSchema(name: "extender.ignorable", kind: .bool(default: false)),
            ArgumentSchema(
                name: "extender.managedResources", kind: .structure(expected: "a list of resources"),
                check: { value in
                    value.kind == .sequence && value.elements.allSatisfy { $0.kind == .string }
                        ? nil : "expected a list of resources"
                }),
        ] + ExtenderVerb.allCases.map { ArgumentSchema(name: $0.argument, kind: .string(default: nil)) }

    private let verbs: [ExtenderVerb: String]
    private let isIgnorable: Bool
    private let managed: [ResourceName]

    init(_ arguments: Arguments) {
        var verbs: [ExtenderVerb: String] = [:]
        for verb in ExtenderVerb.allCases {
            if let text = arguments.string(verb.argument), !text.isEmpty { verbs[verb] = text }
        }
        self.verbs = verbs
        isIgnorable = arguments.bool("extender.ignorable")
        managed =
            arguments.structure("extender.managedResources")?.elements
            .compactMap { $0.string.map { ResourceName($0) } } ?? []
    }

    func open(_ session: Session, _ points: inout PluginPoints) {
        let calls = ExtenderCalls(
            extender: session.extender, verbs: verbs, isIgnorable: isIgnorable, managed: managed)
        if calls.has(.onSessionOpen) {
            let opened = calls.ask(.onSessionOpen, session.extenderOverview())
            // Nothing more is asked of somebody who should have answered.
            if opened == nil, !isIgnorable { return }
        }
        askAboutNodes(calls, &points)
        askAboutVictims(calls, &points)
        askAboutGangs(calls, &points)
        if calls.has(.allocateFunc) || calls.has(.deallocateFunc) {
            points.observePlaces { session, task, event in
                let verb: ExtenderVerb = event.gains ? .allocateFunc : .deallocateFunc
                guard calls.has(verb), calls.manages(task, session) else { return }
                _ = calls.ask(verb, .object([("task", session.extenderTask(task))]))
            }
        }
        if calls.has(.onSessionClose) {
            points.observeEnd { _ in _ = calls.ask(.onSessionClose, .object([])) }
        }
    }

    // MARK: Nodes

    private func askAboutNodes(_ calls: ExtenderCalls, _ points: inout PluginPoints) {
        if calls.has(.predicate) {
            points.filterNodes { session, task in
                guard calls.manages(task, session) else { return nil }
                return NodeCheck { calls.refusal(of: task, on: $0, session) }
            }
        }
        if calls.has(.prioritize) {
            points.scoreNodes { session, task in
                guard calls.manages(task, session) else { return nil }
                let scores = ExtenderScores()
                return NodeScore(
                    points: { nodes in
                        calls.scores(of: task, on: nodes, session, noting: scores)
                    }, failure: { scores.failure })
            }
        }
    }

    // MARK: Victims

    private func askAboutVictims(_ calls: ExtenderCalls, _ points: inout PluginPoints) {
        if calls.has(.preemptable) {
            points.choosePreemptable { calls.victims(.preemptable, for: $1, among: $2, $0) }
        }
        if calls.has(.reclaimable) {
            points.chooseReclaimable { calls.victims(.reclaimable, for: $1, among: $2, $0) }
        }
    }

    // MARK: Gangs and queues

    private func askAboutGangs(_ calls: ExtenderCalls, _ points: inout PluginPoints) {
        if calls.has(.queueOverused) {
            points.gateOverused { session, queue in
                let answer = calls.ask(
                    .queueOverused, .object([("queue", session.extenderQueue(queue))]))
                guard let answer else { return !isIgnorable }
                return answer["overused"]?.bool ?? false
            }
        }
        if calls.has(.jobEnqueueable) || calls.has(.jobEnqueued) {
            points.gateEnqueue { session, job in
                if !calls.has(.jobEnqueueable) { return .abstain }
                return calls.vote(on: job, session)
            } admitted: { session, job in
                if calls.has(.jobEnqueued) {
                    _ = calls.ask(.jobEnqueued, .object([("job", session.extenderJob(job))]))
                }
            }
        }
        if calls.has(.jobReady) {
            points.gateReady { session, job in
                let answer = calls.ask(.jobReady, .object([("job", session.extenderJob(job))]))
                guard let answer else { return isIgnorable }
                return answer["status"]?.bool ?? false
            } placesNeeded: { _, _ in
                0
            }
        }
    }
}

/// What an extender can be asked.
enum ExtenderVerb: String, CaseIterable, Sendable {
    case onSessionOpen, onSessionClose, predicate, prioritize, preemptable, reclaimable, queueOverused
    case jobEnqueueable, jobEnqueued, jobReady, allocateFunc, deallocateFunc

    /// The argument that names the verb.
    var argument: String { "extender.\(rawValue)Verb" }
}

/// What went wrong while nodes were scored.
final class ExtenderScores {
    var failure: String?
}
