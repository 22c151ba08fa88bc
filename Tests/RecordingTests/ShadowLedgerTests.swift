import ClusterModel
import SchedulingLoop
import TestSupport
import Testing

@testable import Recording

@Suite("A shadow's decisions are held against the other scheduler's") struct ShadowLedgerTests {
    /// A ledger whose events are collected.
    private struct Book {
        var ledger = ShadowLedger(schedulerNames: ["gangwright"], patience: 60_000)
        var events: [ShadowEvent] = []

        mutating func gang(_ name: String, min: Int, pods: Int, at second: Int64 = 0) {
            ledger.note(.podGroup(.gang(name, min: min, queue: "team")), at: Self.time(second))
            for pod in Pod.members(of: name, pods) { ledger.note(.pod(pod), at: Self.time(second)) }
            collect()
        }

        mutating func ours(_ binds: [(String, String)], waits: [(String, String)] = [], at second: Int64) {
            var cycle = CycleRecord(number: 1)
            cycle.binds = binds.map { CycleRecord.Bind(pod: Self.key($0.0), node: $0.1) }
            cycle.waits = waits.map { CycleRecord.Wait(pod: Self.key($0.0), reason: $0.1) }
            ledger.note(cycle, at: Self.time(second))
            collect()
        }

        mutating func theirs(_ pod: String, of gang: String?, on node: String, at second: Int64) {
            ledger.note(.pod(Pod.waiting(pod, of: gang).running(on: node)), at: Self.time(second))
            collect()
        }

        mutating func pass(to second: Int64) {
            ledger.expire(at: Self.time(second))
            collect()
        }

        mutating func collect() { events += ledger.takeEvents() }

        static func key(_ name: String) -> ObjectKey { ObjectKey(namespace: testNamespace, name: name) }
        static func time(_ second: Int64) -> LoopTime { LoopTime(milliseconds: second * 1_000) }

        var gangs: [GangVerdict] {
            events.compactMap { if case .gang(let verdict) = $0 { verdict } else { nil } }
        }
        var takenBack: [DecisionOutcome] { events.compactMap(\.outcome) }
        var pods: [ShadowAgreement] {
            events.compactMap { if case .pod(let verdict) = $0 { verdict.agreement } else { nil } }
        }
    }

    @Test("the same nodes are the same, whichever pod is on which, and who was first is told") func same() {
        var book = Book()
        book.gang("g", min: 2, pods: 2)
        book.ours([("g-0", "a"), ("g-1", "b")], at: 1)
        book.theirs("g-0", of: "g", on: "b", at: 3)
        #expect(book.gangs.isEmpty)
        book.theirs("g-1", of: "g", on: "a", at: 4)
        #expect(book.gangs.map(\.agreement) == [.sameNodes])
        #expect(book.gangs.first?.lead == 3_000)
        #expect(book.gangs.first?.queue == "team")
        #expect(book.pods == [.otherNodes, .otherNodes])
        book.pass(to: 1_000)
        #expect(book.takenBack.isEmpty)
        #expect(book.gangs.count == 1)
    }

    @Test("other nodes, and a shadow that was later") func other() {
        var book = Book()
        book.gang("g", min: 1, pods: 1)
        book.ours([("g-0", "a")], at: 5)
        book.theirs("g-0", of: "g", on: "b", at: 2)
        #expect(book.gangs.map(\.agreement) == [.otherNodes])
        #expect(book.gangs.first?.lead == -3_000)
    }

    @Test("what nobody follows is taken back, once more each time, and told once") func unfollowed() {
        var book = Book()
        book.gang("g", min: 2, pods: 2)
        book.ours([("g-0", "a"), ("g-1", "a")], at: 1)
        book.pass(to: 60)
        #expect(book.takenBack.isEmpty)
        book.pass(to: 61)
        #expect(
            book.takenBack == [.bindRefused(Book.key("g-0")), .bindRefused(Book.key("g-1"))])
        #expect(book.gangs.map(\.agreement) == [.onlyOurs])
        #expect(book.pods == [.onlyOurs, .onlyOurs])
        book.ours([("g-0", "c"), ("g-1", "c")], at: 62)
        book.pass(to: 200)
        #expect(book.takenBack.count == 4)
        #expect(book.gangs.count == 1)
        // Somebody follows after all: how much earlier the shadow was counts from its first decision.
        book.ours([("g-0", "c"), ("g-1", "c")], at: 201)
        book.theirs("g-0", of: "g", on: "c", at: 202)
        book.theirs("g-1", of: "g", on: "c", at: 202)
        #expect(book.gangs.map(\.agreement) == [.onlyOurs, .sameNodes])
        #expect(book.gangs.last?.lead == 201_000)
    }

    @Test("what only the other scheduler places has the shadow's reason") func onlyTheirs() {
        var book = Book()
        book.gang("g", min: 1, pods: 1)
        book.ours([], waits: [("g-0", "QueueOverused")], at: 1)
        book.theirs("g-0", of: "g", on: "a", at: 2)
        #expect(book.gangs.map(\.agreement) == [.onlyTheirs])
        #expect(book.gangs.first?.reason == "QueueOverused")
        #expect(book.gangs.first?.lead == nil)
        book.ledger.note(.pod(.waiting("single")), at: Book.time(3))
        book.theirs("single", of: nil, on: "a", at: 3)
        #expect(book.gangs.last?.reason == "NeverTried")
        #expect(book.gangs.last?.gang.description == "pod/ns/single")
    }

    @Test("a gang that the other scheduler binds in part is told once its time is over") func inPart() {
        var book = Book()
        book.gang("g", min: 3, pods: 3)
        book.ours([("g-0", "a"), ("g-1", "a"), ("g-2", "a")], at: 1)
        book.theirs("g-0", of: "g", on: "a", at: 2)
        book.theirs("g-1", of: "g", on: "a", at: 10)
        book.pass(to: 69)
        #expect(book.gangs.isEmpty)
        #expect(book.ledger.undecidedGangs == 1)
        book.pass(to: 70)
        #expect(book.gangs.map(\.agreement) == [.theirsInPart])
        #expect(book.gangs.first?.theirs.count == 2)
        #expect(book.takenBack == [.bindRefused(Book.key("g-2"))])
        // The rest comes late: with those before, the gang has its minimum.
        book.ours([("g-2", "a")], at: 80)
        book.theirs("g-2", of: "g", on: "a", at: 81)
        #expect(book.gangs.last?.agreement == .sameNodes)
    }

    @Test("more pods than the minimum may come or not") func elastic() {
        var book = Book()
        book.gang("g", min: 1, pods: 2)
        book.ours([("g-0", "a")], at: 1)
        book.theirs("g-0", of: "g", on: "a", at: 2)
        #expect(book.gangs.isEmpty)
        book.pass(to: 62)
        #expect(book.gangs.map(\.agreement) == [.sameNodes])
    }

    @Test("pods that are gone are no part of it") func gone() {
        var book = Book()
        book.gang("g", min: 1, pods: 2)
        book.ours([("g-0", "a"), ("g-1", "a")], at: 1)
        book.theirs("g-0", of: "g", on: "a", at: 2)
        book.ledger.note(.podRemoved(Book.key("g-1")), at: Book.time(3))
        book.collect()
        #expect(book.gangs.map(\.agreement) == [.sameNodes])
        book.gang("h", min: 1, pods: 1)
        book.ours([("h-0", "a")], at: 5)
        book.ledger.note(.podRemoved(Book.key("h-0")), at: Book.time(6))
        book.pass(to: 500)
        #expect(book.gangs.count == 1)
        #expect(book.takenBack.isEmpty)
        #expect(book.ledger.undecidedGangs == 0)
    }

    @Test("pods of other schedulers are nobody's business") func others() {
        var book = Book()
        let pod = Pod.waiting("p").with { $0.schedulerName = "other" }
        book.ledger.note(.pod(pod), at: Book.time(0))
        book.ledger.note(.pod(pod.running(on: "a")), at: Book.time(1))
        book.collect()
        #expect(book.events.isEmpty)
    }

    @Test("an eviction is followed when the pod leaves, else taken back, and told once") func evictions() {
        var book = Book()
        func evict(_ name: String, at second: Int64) {
            var cycle = CycleRecord(number: 1)
            cycle.evictions = [
                CycleRecord.Eviction(pod: Book.key(name), node: "a", reason: "preempt", preemptor: nil)
            ]
            book.ledger.note(cycle, at: Book.time(second))
        }
        evict("p", at: 1)
        book.ledger.note(.pod(Pod.waiting("p").leaving("a")), at: Book.time(2))
        evict("q", at: 3)
        book.pass(to: 63)
        evict("q", at: 64)
        book.pass(to: 200)
        let verdicts = book.events.compactMap {
            if case .eviction(let verdict) = $0 { verdict } else { nil }
        }
        #expect(verdicts.map(\.hasLeft) == [true, false])
        #expect(
            book.takenBack == [.evictionRefused(Book.key("q")), .evictionRefused(Book.key("q"))])
        #expect(book.ledger.isVictim(Book.key("q")))
    }
}
