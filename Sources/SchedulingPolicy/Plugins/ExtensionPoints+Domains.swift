import ClusterModel

/// Parts of gangs, and the domains that they are placed in, of all plugins together.
extension ExtensionPoints {
    /// Whether a part has as many pods as must run together: all must agree.
    func isSubGroupReady(_ group: SubGroupID, in session: Session) -> Bool {
        subGroupReady.allSatisfy { $0(session, group) }
    }

    /// Whether a part may keep the places that it is promised.
    func isSubGroupPipelined(_ group: SubGroupID, in session: Session) -> Bool {
        Self.rejection(of: group, by: subGroupPipelined, in: session) == nil
    }

    /// Whether one part of a gang goes before another.
    func isSubGroup(_ left: Int, before right: Int, of job: Int, in session: Session) -> Bool {
        for compare in subGroupOrder {
            let order = compare(
                session, SubGroupID(job: job, index: left), SubGroupID(job: job, index: right))
            if order != 0 { return order < 0 }
        }
        return session.isSubGroup(left, before: right, of: job)
    }

    /// The points of domains: the sum of what plugins give.
    func domainScores(
        of group: SubGroupID, _ domains: [Int], _ tree: DomainTree, in session: Session
    ) -> [Double] {
        var sum = [Double](repeating: 0, count: domains.count)
        for score in domainOrder {
            for (position, points) in score(session, group, tree, domains).enumerated() {
                sum[position] += points
            }
        }
        return sum
    }

    /// The domains to try, tier by tier, best first.
    func rankedDomains(
        _ search: DomainSearch, _ tree: DomainTree, in session: Session
    ) -> [[RankedDomain]] {
        if let ranked = domainRanks?(session, search, tree) { return ranked }
        let group = SubGroupID(job: search.job, index: search.subGroup)
        return domainGradient(search, tree, in: session).map { tier in
            zip(tier, domainScores(of: group, tier, tree, in: session))
                .map { RankedDomain(domain: $0.0, score: $0.1) }.sorted { $0.precedes($1) }
        }
    }

    /// The domains to try, tier by tier.
    ///
    /// Without a plugin that says so, Volcano tries only the domain to search in. Ours keeps what a gang wishes for all
    /// the same, and so are wishes by labels of nodes, which Volcano does not know.
    func domainGradient(_ search: DomainSearch, _ tree: DomainTree, in session: Session) -> [[Int]] {
        if let domainGradient { return domainGradient(session, search, tree) }
        return session.compatibility == .gangwright || tree.label != nil
            ? session.domains(for: search, tree) : [[search.start]]
    }
}

extension Session {
    /// The domains that a wish allows, narrowest tier first; the domain to search in where it sets no limit.
    func domains(
        for search: DomainSearch, _ tree: DomainTree, where accepts: (Int) -> Bool = { _ in true }
    ) -> [[Int]] {
        guard let limit = tierLimit(jobs[search.job].topology?.wish(of: search.subGroup), in: tree) else {
            return [[search.start]]
        }
        guard let start = tree.searchRoot(within: search.start, upTo: limit, held: search.held) else {
            return []
        }
        let gradient = tree.gradient(within: start, upTo: limit)
            .map { $0.filter { !tree[$0].nodes.isEmpty && accepts($0) } }
            .filter { !$0.isEmpty }
        return search.purpose == .evict ? gradient.reversed() : gradient
    }
}
