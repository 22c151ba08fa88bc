/// The trial placement of a gang: what has been placed since it began, to be kept whole or undone whole.
///
/// Rollback is in reverse order and costs what the gang touched. Nothing outside sees a statement before its commit.
struct Statement {
    private var placed: [Int] = []

    /// True when nothing has been placed.
    var isEmpty: Bool { placed.isEmpty }

    /// Notes a task that has just been placed.
    mutating func record(_ task: Int, in session: Session) {
        placed.append(task)
        session.placesInStatement += 1
    }

    /// Makes what was allocated final; what is only promised is held until the cycle is closed.
    mutating func commit(in session: Session) {
        for task in placed {
            if session.tasks[task].status == .allocated {
                session.commit(task)
            } else {
                session.held.insert(task)
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
        for task in placed.reversed() {
            session.unplace(task, because: .rolledBack(node: session.tasks[task].nodeEntry))
        }
        // What was found out with the statement's places taken no longer holds.
        for shape in session.exhaustedInStatement { session.exhausted[shape] = nil }
        end(in: session)
    }

    private mutating func end(in session: Session) {
        session.exhaustedInStatement.removeAll(keepingCapacity: true)
        session.placesInStatement = 0
        placed.removeAll(keepingCapacity: true)
    }
}
