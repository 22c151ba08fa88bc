import Allocator
import ClusterModel

/// A domain and how good it is for a gang or part.
struct RankedDomain: Sendable {
    let domain: Int
    let score: Double

    /// The better one first; of equal ones by name.
    func precedes(_ other: RankedDomain) -> Bool {
        score == other.score ? domain < other.domain : score > other.score
    }
}

/// The domains that gangs alike may be in, tier by tier and best first, in step with the open cycle.
///
/// Gangs that ask for as much within the same limits rank domains alike, and between two of them few domains change.
///
/// - Complexity: O(domains × log domains) to make; bringing it up to date costs O(changed domains × (log domains + moves)).
final class DomainRanking {
    /// What gangs have in common that rank domains alike.
    struct Key: Hashable {
        /// What tells domains apart.
        let label: String?
        let start: Int
        let limit: Int
        /// What all pods ask for.
        let request: [Int64]
        /// What must be left, now or later; empty for nothing.
        let minimum: [Int64]
        /// What they must have room for; those that have not are left out.
        let need: RoomNeed?
    }

    private(set) var tiers: [[RankedDomain]] = []
    /// By domain, its place among the tiers; negative for one that is in none.
    private var tierOf: [Int]
    /// By domain, how good it is; `nil` for one without room.
    private var scores: [Double?]
    /// The round in which a domain was last looked at.
    private var rounds: [Int]
    private var round = 0
    /// How far the ledger's changes have been followed.
    private var position: Int
    /// The room of the domains, where it counts.
    let rooms: DomainRooms?
    /// How far its changes have been followed.
    private var roomPosition: Int

    init(
        _ gradient: [[Int]], _ ledger: DomainLedger, _ rooms: DomainRooms?, score: (Int) -> Double?
    ) {
        let count = ledger.tree.domains.count
        self.rooms = rooms
        roomPosition = rooms?.changes.count ?? 0
        tierOf = [Int](repeating: -1, count: count)
        scores = [Double?](repeating: nil, count: count)
        rounds = [Int](repeating: 0, count: count)
        position = ledger.changes.count
        for (tier, domains) in gradient.enumerated() {
            var ranked: [RankedDomain] = []
            for domain in domains {
                tierOf[domain] = tier
                scores[domain] = score(domain)
                if let score = scores[domain] { ranked.append(RankedDomain(domain: domain, score: score)) }
            }
            tiers.append(ranked.sorted { $0.precedes($1) })
        }
    }

    /// Ranks domains anew that have changed.
    func follow(_ ledger: DomainLedger, score: (Int) -> Double?) {
        round += 1
        while position < ledger.changes.count {
            rank(Int(ledger.changes[position]), score)
            position += 1
        }
        guard let rooms else { return }
        while roomPosition < rooms.changes.count {
            rank(Int(rooms.changes[roomPosition]), score)
            roomPosition += 1
        }
    }

    /// Ranks a domain anew, once a round.
    private func rank(_ domain: Int, _ score: (Int) -> Double?) {
        let tier = tierOf[domain]
        if tier < 0 || rounds[domain] == round { return }
        rounds[domain] = round
        let new = score(domain)
        if new == scores[domain] { return }
        if let old = scores[domain] {
            tiers[tier].remove(at: place(of: RankedDomain(domain: domain, score: old), in: tier))
        }
        scores[domain] = new
        if let new {
            let ranked = RankedDomain(domain: domain, score: new)
            tiers[tier].insert(ranked, at: place(of: ranked, in: tier))
        }
    }

    /// Where a domain is in its tier, or belongs.
    private func place(of ranked: RankedDomain, in tier: Int) -> Int {
        var (low, high) = (0, tiers[tier].count)
        while low < high {
            let middle = (low + high) / 2
            if tiers[tier][middle].precedes(ranked) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
