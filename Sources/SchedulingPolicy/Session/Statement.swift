import Allocator

/// A trial: what has been placed and evicted since it began, to be kept whole or undone whole.
///
/// Rollback is in reverse order and costs what the trial touched. Nothing outside sees a statement before its commit.
struct Statement {
    /// A step of the trial.
    private enum Step {
        case place(task: Int)
        case evict(task: Int, status: TaskStatus, reason: EvictionReason, preemptor: Int)
    }

    /// How far a statement has come.
    struct Savepoint {
        fileprivate let steps: Int
    }

    private var steps: [Step] = []

    /// True when nothing has been done.
    var isEmpty: Bool { steps.isEmpty }

    /// How far it has come.
    var savepoint: Savepoint { Savepoint(steps: steps.count) }

    /// The pods that it evicts, in order.
    var victims: [Int] { victims(since: Savepoint(steps: 0)) }

    /// The pods that it evicts since a savepoint, in order.
    func victims(since savepoint: Savepoint) -> [Int] {
        steps.dropFirst(savepoint.steps).compactMap {
            if case .evict(let task, _, _, _) = $0 { task } else { nil }
        }
    }

    /// The pods that it places, in order.
    var placed: [Int] {
        steps.compactMap { if case .place(let task) = $0 { task } else { nil } }
    }

    /// How many pods it places. - Complexity: O(1).
    private(set) var placeCount = 0

    /// The places that have been taken since a savepoint, in order.
    func places(since savepoint: Savepoint, in session: Session) -> [(task: Int, placement: Placement)] {
        steps.dropFirst(savepoint.steps).compactMap { step in
            guard case .place(let task) = step, let entry = session.tasks[task].node,
                let node = session.nodes.entries[entry].index
            else { return nil }
            let kind: Placement.Kind = session.tasks[task].status == .pipelined ? .pipeline : .allocate
            return (task, Placement(node: node, kind: kind))
        }
    }

    /// Whether pods have been evicted since a savepoint.
    func hasEvicted(since savepoint: Savepoint) -> Bool {
        steps.dropFirst(savepoint.steps).contains { if case .evict = $0 { true } else { false } }
    }

    /// Notes a task that has just been placed.
    mutating func record(_ task: Int, in session: Session) {
        steps.append(.place(task: task))
        placeCount += 1
        session.placesInStatement += 1
    }

    /// Evicts a pod, on behalf of a gang.
    mutating func evict(_ task: Int, because reason: EvictionReason, for preemptor: Int, in session: Session)
    {
        steps.append(
            .evict(task: task, status: session.tasks[task].status, reason: reason, preemptor: preemptor))
        session.evict(task)
    }

    /// Takes one eviction of the trial back.
    mutating func takeBack(_ task: Int, in session: Session) {
        guard
            let position = steps.lastIndex(where: {
                if case .evict(task, _, _, _) = $0 { true } else { false }
            }), case .evict(_, let status, _, _) = steps[position]
        else { return }
        steps.remove(at: position)
        session.restore(task, to: status)
    }

    /// Makes what was allocated and evicted final; what is only promised is held until the cycle is closed.
    mutating func commit(in session: Session) {
        for step in steps {
            switch step {
            case .place(let task):
                if session.tasks[task].status == .allocated {
                    session.commit(task)
                } else {
                    session.held.insert(task)
                }
            case .evict(let task, _, let reason, let preemptor):
                session.commitEviction(of: task, because: reason, for: preemptor)
            }
        }
        end(in: session)
    }

    /// Holds all places until the cycle is closed, and binds nothing.
    mutating func hold(in session: Session) {
        session.held.formUnion(placed)
        end(in: session)
    }

    /// Undoes everything.
    mutating func rollback(in session: Session) {
        rollback(to: Savepoint(steps: 0), in: session)
        end(in: session)
    }

    /// Undoes what was done since a savepoint of this statement.
    mutating func rollback(to savepoint: Savepoint, in session: Session) {
        if steps.count > savepoint.steps {
            // What was found out with the statement's places taken no longer holds.
            for shape in session.exhaustedInStatement { session.exhausted[shape] = nil }
            session.exhaustedInStatement.removeAll(keepingCapacity: true)
        }
        while steps.count > savepoint.steps, let step = steps.popLast() {
            switch step {
            case .place(let task):
                session.placesInStatement -= 1
                placeCount -= 1
                session.unplace(task, because: .rolledBack(node: session.tasks[task].nodeEntry))
            case .evict(let task, let status, _, _): session.restore(task, to: status)
            }
        }
    }

    private mutating func end(in session: Session) {
        session.exhaustedInStatement.removeAll(keepingCapacity: true)
        session.placesInStatement = 0
        placeCount = 0
        steps.removeAll(keepingCapacity: true)
    }
}
