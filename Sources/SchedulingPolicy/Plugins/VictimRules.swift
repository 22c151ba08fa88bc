/// How the plugins' opinions on victims become one.
///
/// Source: Volcano's session: tier by tier, and within a tier the intersection of what the plugins offer.
struct VictimRules<Beneficiary> {
    /// What a plugin offers of the candidates; `nil` is no opinion.
    typealias Filter = (Session, Beneficiary, [Int]) -> [Int]?

    /// Filters with their tiers, in the order in which they are asked.
    let filters: [(tier: Int, filter: Filter)]

    /// The pods that may leave for a pod, or for a gang.
    ///
    /// Under `volcano` as its main branch has it: a plugin that offers none ends its tier, and a later tier may yet offer
    /// some; an intersection that comes out empty is taken for none so far. Under `volcano-1.5` it stays empty. Under
    /// `gangwright` every plugin of every tier must agree.
    func victims(for beneficiary: Beneficiary, among candidates: [Int], in session: Session) -> [Int] {
        session.compatibility == .gangwright
            ? unanimous(beneficiary, candidates, session)
            : byTiers(beneficiary, candidates, session, forgetsEmpty: session.compatibility == .volcano)
    }

    private func byTiers(
        _ beneficiary: Beneficiary, _ candidates: [Int], _ session: Session, forgetsEmpty: Bool
    ) -> [Int] {
        var victims: [Int] = []
        var isBegun = false
        var tier = filters.first?.tier ?? 0
        var isTierOver = false
        for entry in filters {
            if entry.tier != tier {
                if !victims.isEmpty { return victims }
                tier = entry.tier
                isTierOver = false
            }
            if isTierOver { continue }
            guard let offered = entry.filter(session, beneficiary, candidates) else { continue }
            isTierOver = offered.isEmpty
            if isBegun || isTierOver {
                victims.removeAll { !offered.contains($0) }
            } else {
                victims = offered
                isBegun = true
            }
            if victims.isEmpty, forgetsEmpty { isBegun = false }
        }
        return victims
    }

    private func unanimous(
        _ beneficiary: Beneficiary, _ candidates: [Int], _ session: Session
    ) -> [Int] {
        var victims: [Int]?
        for entry in filters {
            let known = victims ?? candidates
            if known.isEmpty { return [] }
            guard let offered = entry.filter(session, beneficiary, known) else { continue }
            victims = offered == known ? known : known.filter(Set(offered).contains)
        }
        return victims ?? []
    }
}
