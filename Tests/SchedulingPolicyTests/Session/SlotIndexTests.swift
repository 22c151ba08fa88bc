import ClusterModel
import SyntheticClusters
import TestSupport
import Testing

@testable import SchedulingPolicy

@Suite("Slots are found by the hash of their keys") struct SlotIndexTests {
    @Test("through random insertions and removals as in a dictionary, with hashes that collide")
    func histories() {
        for seed in Seeds.first(40) {
            var random = SeededGenerator(seed: seed)
            var index = SlotIndex()
            var model: [Int: Int] = [:]
            // Few distinct hashes, some of which differ only beyond what the table looks at.
            let hash = { (key: Int) in (key % 7) &* 0x1_0000_0001 &+ (key % 3) << 40 }
            var differences = 0
            for slot in 0..<400 {
                let key = random.integer(in: 0...60)
                if let known = model[key] {
                    index.remove(known, hash(key))
                    model[key] = nil
                } else {
                    index.insert(slot, hash(key))
                    model[key] = slot
                }
                let keys = Dictionary(uniqueKeysWithValues: model.map { ($1, $0) })
                for key in 0...60 where index.find(hash(key), where: { keys[$0] == key }) != model[key] {
                    differences += 1
                }
            }
            #expect(differences == 0, "GANGWRIGHT_SEED=\(seed)")
            #expect(index.count == model.count, "GANGWRIGHT_SEED=\(seed)")
        }
    }
}

@Suite("A pod costs little memory") struct TaskStateTests {
    @Test("its fields leave no gaps") func size() { #expect(MemoryLayout<TaskState>.stride == 112) }
}
