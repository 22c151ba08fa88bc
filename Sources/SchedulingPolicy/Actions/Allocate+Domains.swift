import Allocator
import ClusterModel

/// Gangs that wish for nearness, or whose pods form parts.
extension Session {
    /// Gives such a gang its turn: it is tried in domain after domain, narrowest tier first, and placed in the best of the
    /// first tier that has room.
    ///
    /// Source: Volcano's `allocate` for jobs with hard topology or sub-groups.
    ///
    /// - Returns: `nil` for a gang that is placed like any other, since its wish sets no limit.
    func allocateByDomain(_ job: Int, _ statement: inout Statement, cachesRoleFailures: Bool) -> Turn? {
        guard let gang = jobs[job].topology else { return nil }
        let tree = domainTree(of: job)
        if gang.hasWish, let defect = tree.defect {
            jobs[job].refusal = .topologyNotReady(defect)
            jobs[job].worksheet = 0..<0
            return .done
        }
        if !isConfined(job, in: tree) { return nil }
        jobs[job].wasTried = true
        var turn = DomainTurn(
            self, job, gang, tree, pods: worksheet[jobs[job].worksheet],
            cachesRoleFailures: cachesRoleFailures)
        guard let domain = turn.place(&statement) else {
            turn.explain(&statement)
            statement.rollback(in: self)
            jobs[job].worksheet = 0..<0
            if !points.isReady(job, in: self) { rememberFailure(ofDomains: job, isDivided: gang.isDivided) }
            return .done
        }
        turn.explainLeftovers(in: domain)
        guard points.isReady(job, in: self) else {
            jobs[job].worksheet = 0..<0
            statement.hold(in: self)
            return .done
        }
        extendHeldDomain(of: job, by: domain, from: turn.held, in: tree)
        statement.commit(in: self)
        keepOnWorksheet(turn.left, of: job)
        return jobs[job].worksheet.isEmpty ? .done : .again
    }

    /// Whether a gang is placed domain by domain: it has a wish that sets a limit, or its pods form parts.
    func isConfined(_ job: Int, in tree: DomainTree) -> Bool {
        guard let gang = jobs[job].topology else { return false }
        return gang.isDivided || tierLimit(gang.wish, in: tree) != nil
    }

    /// A turn for some pods of a gang that is placed domain by domain; `nil` for one that is not, or cannot be as long
    /// as the domains form no tree.
    func domainTurn(of job: Int, pods: [Int]) -> DomainTurn? {
        guard let gang = jobs[job].topology, !isWithoutTree(job) else { return nil }
        let tree = domainTree(of: job)
        return isConfined(job, in: tree) ? DomainTurn(self, job, gang, tree, pods: pods[...]) : nil
    }

    /// Whether a gang wishes for nearness while nobody knows what is near.
    func isWithoutTree(_ job: Int) -> Bool { wishesForNearness(job) && domainTree(of: job).defect != nil }

    /// Pods of one shape fit a domain if there are enough places, and places come only when something is freed. Parts stand in
    /// each other's way, even if all their pods are of one shape.
    private func rememberFailure(ofDomains job: Int, isDivided: Bool) {
        rememberFailure(of: job)
        if isDivided { jobs[job].failedAt?.hasOneShape = false }
    }

    private func keepOnWorksheet(_ left: Set<Int>, of job: Int) {
        let range = jobs[job].worksheet
        var end = range.lowerBound
        for position in range where left.contains(worksheet[position]) {
            worksheet[end] = worksheet[position]
            end += 1
        }
        jobs[job].worksheet = range.lowerBound..<end
    }
}
