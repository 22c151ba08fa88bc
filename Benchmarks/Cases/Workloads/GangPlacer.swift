import Allocator
import ClusterModel

/// Places gangs whole or not at all, through the seam that the policy uses and with nothing of the policy.
struct GangPlacer<Allocator: PodAllocator> {
    private(set) var allocator: Allocator
    /// The shape of each template of the workload.
    let shapes: [ShapeID]
    /// The places taken, oldest first.
    private(set) var journal: [Entry] = []

    struct Entry {
        let placement: Placement
        let shape: ShapeID
    }

    /// Interns the templates, and asks for each once: what an allocator works out at the first question is set-up.
    init(_ allocator: Allocator, templates: [Pod], capacity: Int) {
        var allocator = allocator
        let shapes = templates.map { allocator.intern($0) }
        for shape in shapes { _ = allocator.bestNode(for: shape) }
        self.allocator = allocator
        self.shapes = shapes
        journal.reserveCapacity(capacity)
    }

    /// Takes places for a gang; a gang that has no room is not tried.
    @inline(never)
    mutating func place(_ gang: GangWorkload.Gang) -> Bool {
        if allocator.room(for: shapes[gang.template]) < gang.size { return false }
        return attempt(gang)
    }

    /// Takes places for a gang pod by pod, and gives them back if one finds none.
    @inline(never)
    mutating func attempt(_ gang: GangWorkload.Gang) -> Bool {
        let shape = shapes[gang.template]
        let start = journal.count
        for _ in 0..<gang.size {
            guard let placement = allocator.bestNode(for: shape) else {
                giveBack(downTo: start)
                return false
            }
            allocator.take(placement, for: shape)
            journal.append(Entry(placement: placement, shape: shape))
        }
        return true
    }

    /// Places gangs until the list ends; says how many pods got a place.
    mutating func place(_ gangs: some Sequence<GangWorkload.Gang>) -> Int {
        var placed = 0
        for gang in gangs where place(gang) { placed += gang.size }
        return placed
    }

    /// Places pods of the given templates one by one until no more of them fits.
    mutating func fill(_ templates: some Sequence<Int>) {
        for template in templates {
            while place(GangWorkload.Gang(template: template, size: 1)) {}
        }
    }

    /// Gives places back, newest first, until so many are left.
    mutating func giveBack(downTo count: Int) {
        while journal.count > count {
            let entry = journal.removeLast()
            allocator.giveBack(entry.placement, for: entry.shape)
        }
    }
}
