import ClusterModel

/// Keeps evictions within PodDisruptionBudgets.
///
/// Source: Volcano's `pdb`: a pod stays if its going would take a budget that means it below zero. Volcano asks the budgets
/// anew for each pod that needs room; ours takes into account all that has been evicted since they were written.
struct PDBPlugin: Plugin {
    static let name = "pdb"

    init(_ arguments: Arguments) {}

    func open(_ session: Session, _ points: inout PluginPoints) {
        let ledger = BudgetLedger(session)
        points.choosePreemptable { session, _, candidates in ledger.permitted(candidates, session) }
        points.chooseReclaimable { session, _, candidates in ledger.permitted(candidates, session) }
        if session.compatibility.isVolcano {
            // Volcano unites what plugins name: with this one in the tier, all pods that the budgets let go are named.
            points.nameVictims { session in ledger.permitted(session.runningTasks, session) }
            return
        }
        points.filterNamedVictims { session, named in ledger.permitted(named, session) }
        if !ledger.isEmpty {
            points.observePlaces { session, task, event in ledger.note(task, event, session) }
        }
    }
}

/// What is left of each budget in the cycle that is open.
private final class BudgetLedger {
    private struct Entry {
        let budget: PodDisruptionBudget
        var left: Int
    }

    private var entries: [Entry]
    private var ofNamespace: [String: [Int]] = [:]
    private let isVolcano: Bool

    init(_ session: Session) {
        isVolcano = session.compatibility.isVolcano
        let budgets = session.objects.podDisruptionBudgets.values.sorted { $0.key < $1.key }
        entries = budgets.map { Entry(budget: $0, left: $0.disruptionsAllowed) }
        for (index, entry) in entries.enumerated() {
            ofNamespace[entry.budget.key.namespace, default: []].append(index)
        }
        if isVolcano { return }
        for task in session.evictedTasks { note(task, .evicted, session) }
    }

    var isEmpty: Bool { entries.isEmpty }

    /// The pods that may leave together, each as long as the budgets last.
    func permitted(_ candidates: [Int], _ session: Session) -> [Int] {
        if isEmpty, !isVolcano { return candidates }
        var left = entries.map(\.left)
        return candidates.filter { task in
            if isVolcano, !session.tasks[task].traits.contains(.hasLabels) { return false }
            let budgets = budgets(of: task, session)
            let isPermitted = budgets.allSatisfy { left[$0] > 0 }
            // Volcano subtracts a pod that stays as well.
            if isPermitted || isVolcano {
                for budget in budgets { left[budget] -= 1 }
            }
            return isPermitted
        }
    }

    func note(_ task: Int, _ event: PlaceEvent, _ session: Session) {
        switch event {
        case .placed, .unplaced: return
        case .evicted: for budget in budgets(of: task, session) { entries[budget].left -= 1 }
        case .restored: for budget in budgets(of: task, session) { entries[budget].left += 1 }
        }
    }

    /// The budgets that mean a pod and have not been told yet that it goes.
    ///
    /// A selector that asks for nothing means every pod, as in `policy/v1`; Volcano takes it for none.
    private func budgets(of task: Int, _ session: Session) -> [Int] {
        let key = session.tasks[task].key
        guard let candidates = ofNamespace[key.namespace] else { return [] }
        let labels = session.labels(of: task)
        return candidates.filter { index in
            let budget = entries[index].budget
            guard let selector = budget.selector, !budget.disruptedPods.contains(key.name) else {
                return false
            }
            if isVolcano, selector.isEmpty { return false }
            return selector.matches(labels)
        }
    }
}

extension Session {
    /// The pods of gangs that run, by name.
    var runningTasks: [Int] {
        tasks.indices.filter { task in
            tasks[task].status == .running && tasks[task].node != nil
                && tasks[task].job.map { jobs[$0].origin != nil } ?? false
        }
        .sorted { tasks[$0].key < tasks[$1].key }
    }
}
