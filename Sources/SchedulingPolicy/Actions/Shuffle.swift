import ClusterModel

extension Session {
    /// Evicts the pods that plugins name, so that they are placed anew.
    ///
    /// Source: Volcano's `shuffle`. Under `gangwright`, a gang that would fall below its minimum leaves as a whole, or keeps as
    /// many as it needs where not all of it may leave.
    func shuffle() {
        if compatibility.isVolcano { return evictNamed(because: .shuffle) }
        var gangs: [(job: Int, named: [Int])] = []
        var positions: [Int: Int] = [:]
        for task in points.namedVictims(in: self) where tasks[task].status == .running {
            guard let job = tasks[task].job else { continue }
            if let position = positions[job] {
                gangs[position].named.append(task)
            } else {
                positions[job] = gangs.count
                gangs.append((job, [task]))
            }
        }
        for gang in gangs { shuffle(gang.job, gang.named) }
    }

    /// Evicts all pods that plugins name, whatever becomes of their gangs.
    func evictNamed(because reason: EvictionReason) {
        var statement = Statement()
        for task in points.namedVictims(in: self) where tasks[task].status == .running {
            statement.evict(task, because: reason, for: Eviction.nobody, in: self)
        }
        statement.commit(in: self)
    }

    /// Evicts pods of one gang so that it keeps its minimum or nothing.
    private func shuffle(_ job: Int, _ named: [Int]) {
        let wasReady = isGangReady(job)
        var statement = Statement()
        let permitted = points.permitted(named, in: self)
        if isLeft(job, without: permitted, &statement, wasReady) { return statement.commit(in: self) }
        statement.rollback(in: self)
        let whole = jobs[job].tasks.filter { tasks[$0].status.isAllocated && tasks[$0].node != nil }
        let mayAllLeave = whole.allSatisfy { task in
            isPreemptable(task) && !tasks[task].traits.contains(.isCritical) && !tasks[task].isAssumed
        }
        if mayAllLeave, jobs[job].mayBeBroken, points.permitted(whole, in: self).count == whole.count {
            _ = isLeft(job, without: whole, &statement, wasReady)
            return statement.commit(in: self)
        }
        for task in permitted {
            let savepoint = statement.savepoint
            if !isLeft(job, without: [task], &statement, wasReady) {
                statement.rollback(to: savepoint, in: self)
                break
            }
        }
        statement.commit(in: self)
    }

    /// Evicts pods; says whether their gang is still what it was.
    private func isLeft(
        _ job: Int, without victims: [Int], _ statement: inout Statement, _ wasReady: Bool
    ) -> Bool {
        for task in victims {
            statement.evict(task, because: .shuffle, for: Eviction.nobody, in: self)
        }
        return !wasReady || isGangReady(job)
    }
}
