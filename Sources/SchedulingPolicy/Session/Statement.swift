/// The trial placement of a gang: what has been placed since it began, to be kept whole or undone whole.
///
/// Rollback is in reverse order and costs what the gang touched. Nothing outside sees a statement before its commit.
struct Statement {
    private var placed: [Int] = []

    /// True when nothing has been placed.
    var isEmpty: Bool { placed.isEmpty }

    /// Notes a task that has just been placed.
    mutating func record(_ task: Int) { placed.append(task) }

    /// Makes what was allocated final. What is pipelined holds its place until the cycle ends.
    mutating func commit(in session: Session) {
        for task in placed where session.tasks[task].status == .allocated { session.commit(task) }
        placed.removeAll(keepingCapacity: true)
    }

    /// Undoes everything.
    mutating func rollback(in session: Session) {
        for task in placed.reversed() { session.unplace(task) }
        placed.removeAll(keepingCapacity: true)
    }
}
