import Allocator
import ClusterModel

/// The pods of one gang in buckets: pods that belong on one node.
///
/// Source: Volcano's `task-topology`. Buckets are filled when a cycle opens; a pod that gets a place leaves its bucket, and
/// counts for the node where it is.
final class TaskBuckets {
    private struct Bucket {
        /// Pods without a place, in the order in which they came in.
        var waiting: [Int] = []
        /// What they ask for, by column.
        var request: [Int64]
        /// The same as one number, to compare buckets.
        var size = 0.0
        /// All its pods, by role.
        var roles: [String: Int] = [:]
        /// Its pods by the entry of their node.
        var placed: [Int: Int] = [:]
        /// The number of those.
        var placedCount = 0
    }

    private let ties: RoleTies
    private var buckets: [Bucket] = []
    private var bucketOf: [Int: Int] = [:]
    /// The most pods that a bucket has had.
    private var largest = 0
    /// The gang's pods on each node (by entry), by role.
    private var rolesOnNode: [Int: [String: Int]] = [:]

    init(_ topology: TaskTopology, of job: Int, in session: Session) {
        ties = RoleTies(topology)
        let members = session.jobs[job].tasks.filter { task in
            session.tasks[task].occupancy != nil && ties.contains(session.roleName(of: task))
        }
        var bucketOnNode: [Int: Int] = [:]
        for task in members.sorted(by: { isBefore($0, $1, session) }) {
            let role = session.roleName(of: task)
            if let node = session.tasks[task].node {
                let bucket = bucketOnNode[node] ?? makeBucket(session)
                bucketOnNode[node] = bucket
                bucketOf[task] = bucket
                buckets[bucket].placed[node, default: 0] += 1
                buckets[bucket].placedCount += 1
                buckets[bucket].roles[role, default: 0] += 1
                noteSize(of: bucket)
                // Volcano counts only those that have got their place in this cycle.
                if session.compatibility == .gangwright {
                    rolesOnNode[node, default: [:]][role, default: 0] += 1
                }
            } else {
                add(task, role, to: bestBucket(for: role) ?? makeBucket(session), session)
            }
        }
    }

    /// Pods with a place first, by node; then by role; then by name.
    private func isBefore(_ left: Int, _ right: Int, _ session: Session) -> Bool {
        let nodes = [left, right].map { task in
            session.tasks[task].node.map { session.nodes.entries[$0].name }
        }
        if let first = nodes[0], let second = nodes[1], first != second { return first.precedes(second) }
        if (nodes[0] == nil) != (nodes[1] == nil) { return nodes[0] != nil }
        let order = ties.compare(session.roleName(of: left), session.roleName(of: right))
        return order == 0 ? session.tasks[left].key < session.tasks[right].key : order < 0
    }

    private func makeBucket(_ session: Session) -> Int {
        buckets.append(Bucket(request: [Int64](repeating: 0, count: session.resources.count)))
        return buckets.count - 1
    }

    /// The bucket to whose pods a role belongs most, of equal ones the smallest; `nil` where it belongs to none.
    private func bestBucket(for role: String) -> Int? {
        var best: (bucket: Int, attraction: Int)?
        for (index, bucket) in buckets.enumerated() {
            let attraction = ties.attraction(of: role, to: bucket.roles)
            if let known = best {
                let isSmaller = bucket.size < buckets[known.bucket].size
                if attraction < known.attraction || attraction == known.attraction && !isSmaller { continue }
            }
            best = (index, attraction)
        }
        return best.flatMap { $0.attraction < 0 ? nil : $0.bucket }
    }

    private func add(_ task: Int, _ role: String, to bucket: Int, _ session: Session) {
        bucketOf[task] = bucket
        buckets[bucket].waiting.append(task)
        buckets[bucket].roles[role, default: 0] += 1
        book(task, in: bucket, sign: 1, session)
        noteSize(of: bucket)
    }

    private func noteSize(of bucket: Int) {
        largest = max(largest, buckets[bucket].waiting.count + buckets[bucket].placedCount)
    }

    private func book(_ task: Int, in bucket: Int, sign: Int64, _ session: Session) {
        session.change(&buckets[bucket].request, by: task, sign: sign)
        buckets[bucket].size += Double(sign) * session.bucketSize(of: task)
    }

    /// Follows a pod of the gang that gets a place (`1`) or loses it (`-1`).
    func note(_ task: Int, sign: Int, _ session: Session) {
        guard let node = session.tasks[task].node else { return }
        let role = session.roleName(of: task)
        if !role.isEmpty { rolesOnNode[node, default: [:]][role, default: 0] += sign }
        guard let bucket = bucketOf[task] else { return }
        buckets[bucket].placed[node, default: 0] += sign
        buckets[bucket].placedCount += sign
        book(task, in: bucket, sign: Int64(-sign), session)
        if sign > 0 {
            buckets[bucket].waiting.removeAll { $0 == task }
        } else {
            buckets[bucket].waiting.append(task)
        }
    }

    /// Negative if the first pod goes first: pods in buckets before others, larger buckets first, older before younger.
    func order(_ left: Int, _ right: Int, _ session: Session) -> Int {
        guard let first = bucketOf[left] else { return bucketOf[right] == nil ? 0 : 1 }
        guard let second = bucketOf[right] else { return -1 }
        let sizes = (buckets[first].waiting.count, buckets[second].waiting.count)
        if sizes.0 != sizes.1 { return sizes.0 > sizes.1 ? -1 : 1 }
        if first != second { return first < second ? -1 : 1 }
        return ties.compare(session.roleName(of: left), session.roleName(of: right))
    }

    /// Whether a pod is in a bucket.
    func contains(_ task: Int) -> Bool { bucketOf[task] != nil }

    /// The points of a node (by entry) for a pod: its bucket's pods there, less those that it should be apart from, and as
    /// many of those that wait as the node could take with it; × 100 × weight, as a part of the largest bucket.
    ///
    /// - Parameter free: what is idle there or is being freed, by column.
    func score(_ task: Int, on node: Int, free: (Int) -> Int64, weight: Int64, _ session: Session) -> Int64 {
        guard let index = bucketOf[task], largest > 0 else { return 0 }
        let bucket = buckets[index]
        for position in session.amounts.range(of: session.tasks[task].request) {
            let entry = session.amounts.entries[position]
            if entry.amount > free(entry.column) { return 0 }
        }
        var count = bucket.placed[node] ?? 0
        if let roles = rolesOnNode[node] {
            count += min(
                0, ties.attraction(of: session.roleName(of: task), to: roles, onlyApart: true))
        }
        count += bucket.waiting.count
        var rest = bucket.request
        func fits() -> Bool { rest.indices.allSatisfy { rest[$0] <= free($0) } }
        // Those that came last are left out first.
        for other in bucket.waiting.reversed() where other != task {
            if fits() { break }
            session.change(&rest, by: other, sign: -1)
            count -= 1
        }
        return Int64(Int128(count) * Int128(weight) * 100 * Int128(scoreUnit) / Int128(largest))
    }
}

extension Session {
    /// The name of a pod's role, empty if it has none.
    func roleName(of task: Int) -> String {
        tasks[task].job.map { jobs[$0].roles[tasks[task].role].name } ?? ""
    }

    /// What a pod asks for as one number: a millicore, a mebibyte and a thousandth of a device count alike.
    func bucketSize(of task: Int) -> Double {
        var size = 0.0
        for index in amounts.range(of: tasks[task].request) {
            let (column, amount) = (amounts.entries[index].column, Double(amounts.entries[index].amount))
            switch column {
            case ResourceTable.cpu: size += amount
            case ResourceTable.pods: size += compatibility == .volcano15 ? 0 : amount
            case _ where column == ResourceTable.memory || resources.names[column] == .ephemeralStorage:
                size += amount / 1_048_576
            default: size += amount * 1_000
            }
        }
        return size
    }
}
