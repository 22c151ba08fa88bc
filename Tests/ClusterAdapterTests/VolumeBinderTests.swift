import ClusterModel
import KubernetesAPI
import SchedulingPolicy
import TestSupport
import Testing

@testable import ClusterAdapter

private func key(_ name: String) -> ObjectKey { ObjectKey(namespace: testNamespace, name: name) }

/// A binder, a clock and what the API server shows, in the words of the rules.
private struct Desk {
    private var binder = VolumeBinder()
    private let start = ContinuousClock.now
    private var seconds = 0.0
    /// Volumes by name, with the nodes that reach them.
    var reach: [String: Set<String>] = [:]
    var objections: [ObjectKey: String] = [:]

    var isEmpty: Bool { binder.isEmpty }
    func holds(_ gang: GangBinding) -> Bool { binder.holds(gang) }

    /// A gang of one pod a node, each with its claims.
    static func gang(_ name: String, _ pods: [(node: String, claims: [ClaimBinding])]) -> GangBinding {
        GangBinding(
            gang: key(name),
            pods: pods.enumerated().map { index, pod in
                PodBinding(pod: key("\(name)-\(index)"), uid: "u", node: pod.node, claims: pod.claims)
            })
    }

    mutating func begin(_ gang: GangBinding, timeout: Double = 600) {
        binder.begin(gang, until: start + .seconds(seconds + timeout))
    }

    /// What is to be done now, a line each.
    mutating func next(after wait: Double = 0) -> [String] {
        seconds += wait
        let (reach, objections) = (reach, objections)
        let outlook = VolumeBinder.Outlook(
            isReachable: { volume, node in reach[volume].map { $0.contains(node) } },
            objection: { objections[$0.pod] })
        return binder.advance(at: start + .seconds(seconds), outlook).map { action in
            switch action {
            case .write(let work): "write \(work.claim.name) \(work.volume ?? "on \(work.node)")"
            case .undo(let work): "undo \(work.claim.name) \(work.volume ?? "on \(work.node)")"
            case .bind(let gang, let claims): "bind \(gang.name.name) \(gang.pods.count) \(claims)"
            case .fail(let gang, let failure):
                "fail \(gang.name.name) \(failure.claims.map(\.name)): \(failure.reason)"
            case .release(let gang): "release \(gang.name.name) \(gang.pods.count)"
            case .avoid(let claim, let nodes): "avoid \(claim.name) \(nodes)"
            }
        }
    }

    /// The API server has accepted what was asked for a claim.
    mutating func accept(
        _ name: String, on node: String? = nil, taking volume: String? = nil, version: UInt64 = 10
    ) {
        var claim = PersistentVolumeClaim(key: key(name), uid: "1")
        claim.selectedNode = node
        let taken = volume.map {
            Shown(
                object: PersistentVolume(name: $0, claim: ClaimReference(key: key(name), uid: "1")),
                version: version)
        }
        binder.wrote(key(name), .written(Shown(object: claim, version: version), taken))
    }

    mutating func refuse(_ name: String, _ reason: String) {
        binder.wrote(key(name), .refused(reason))
    }

    mutating func undid(_ name: String) { binder.undid(key(name)) }

    /// The API server shows a claim.
    mutating func show(
        _ name: String, node: String? = nil, volume: String = "", uid: String = "1", version: UInt64 = 20,
        _ change: (inout PersistentVolumeClaim) -> Void = { _ in }
    ) {
        var claim = PersistentVolumeClaim(key: key(name), uid: uid, volumeName: volume)
        claim.selectedNode = node
        claim.isBindCompleted = !volume.isEmpty
        change(&claim)
        binder.see(
            Observed(key: claim.key, resourceVersion: "\(version)", object: .persistentVolumeClaim(claim)))
    }

    /// The API server shows a volume.
    mutating func show(volume name: String, of claim: String?, version: UInt64 = 20) {
        let volume = PersistentVolume(
            name: name, claim: claim.map { ClaimReference(key: key($0), uid: "1") })
        binder.see(
            Observed(
                key: ObjectKey(namespace: "", name: name), resourceVersion: "\(version)",
                object: .persistentVolume(volume)))
    }

    mutating func lose(claim: String) { binder.lose(claim: key(claim)) }
    mutating func lose(volume: String) { binder.lose(volume: volume) }
    mutating func recheck() { binder.recheck() }
    mutating func abandon() -> [String] { binder.abandon().gangs.map(\.name.name) }
}

private func made(_ name: String) -> ClaimBinding { ClaimBinding(claim: key(name)) }
private func taken(_ name: String, _ volume: String) -> ClaimBinding {
    ClaimBinding(claim: key(name), volume: volume)
}
private let pair = Desk.gang("g", [("n1", [made("a")]), ("n2", [taken("b", "vb")])])

@Suite("A gang is bound once all of its claims have volumes, or not at all") struct VolumeBinderTests {
    @Test("claims are asked for once, and the last that gets its volume lets the gang be bound")
    func together() {
        var desk = Desk()
        desk.reach = ["va": ["n1"], "vb": ["n2"]]
        desk.begin(pair)
        #expect(desk.next() == ["write a on n1", "write b vb"])
        desk.accept("a", on: "n1")
        desk.accept("b", taking: "vb")
        #expect(desk.next() == [])
        desk.show("b", volume: "vb")
        #expect(desk.next(after: 5) == [])
        desk.show("a", node: "n1", volume: "va")
        #expect(desk.next() == ["bind g 2 2"])
        #expect(desk.isEmpty)
    }

    @Test("a volume that is not known yet is waited for") func lateVolume() {
        var desk = Desk()
        desk.begin(Desk.gang("g", [("n1", [made("a")])]))
        _ = desk.next()
        desk.accept("a", on: "n1")
        desk.show("a", node: "n1", volume: "va")
        #expect(desk.next() == [])
        desk.reach = ["va": ["n1"]]
        desk.show(volume: "va", of: "a")
        #expect(desk.next() == ["bind g 1 1"])
    }

    @Test("what is shown late, from before it was asked for, is no news") func stale() {
        var desk = Desk()
        desk.begin(pair)
        _ = desk.next()
        desk.accept("a", on: "n1")
        desk.accept("b", taking: "vb")
        desk.show("a", version: 9)
        desk.show(volume: "vb", of: nil, version: 9)
        #expect(desk.next() == [])
    }

    @Test("an answer that comes after its own consequences is understood") func overtaken() {
        var desk = Desk()
        desk.begin(Desk.gang("g", [("n1", [made("a")])]))
        _ = desk.next()
        desk.show("a", version: 12)
        desk.accept("a", on: "n1", version: 11)
        #expect(desk.next().first?.hasPrefix("fail g [\"a\"]: its provisioner gave up") ?? false)
    }

    @Test("a provisioner that gives up: what was asked for is taken back, and the node avoided for a while")
    func refusal() {
        var desk = Desk()
        desk.begin(pair)
        _ = desk.next()
        desk.accept("a", on: "n1")
        desk.accept("b", taking: "vb")
        desk.show("a", node: nil)
        #expect(
            desk.next() == [
                "fail g [\"a\"]: its provisioner gave up to make a volume for node n1",
                "avoid a [\"n1\"]", "undo a on n1", "undo b vb",
            ])
        desk.undid("a")
        #expect(desk.next(after: 2) == [], "the gang is released when all is taken back")
        desk.undid("b")
        #expect(desk.next() == [], "and then rests")
        #expect(desk.next(after: 1) == ["release g 2"])
        #expect(desk.next(after: 57) == ["avoid a []"])
    }

    @Test("a claim that has its volume keeps it when its gang fails") func boundStays() {
        var desk = Desk()
        desk.reach = ["vb": ["n2"]]
        desk.begin(pair)
        _ = desk.next()
        desk.accept("a", on: "n1")
        desk.accept("b", taking: "vb")
        desk.show("b", volume: "vb")
        desk.show("a", node: nil)
        #expect(desk.next().suffix(2) == ["avoid a [\"n1\"]", "undo a on n1"])
    }

    @Test("time that is up: all that is not there is taken back and tried elsewhere") func timeout() {
        var desk = Desk()
        desk.begin(pair, timeout: 30)
        _ = desk.next()
        desk.accept("a", on: "n1")
        desk.accept("b", taking: "vb")
        #expect(desk.next(after: 29) == [])
        #expect(
            desk.next(after: 1) == [
                "fail g [\"a\", \"b\"]: it did not get its volume in time", "avoid a [\"n1\"]",
                "avoid b [\"n2\"]", "undo a on n1", "undo b vb",
            ])
    }

    @Test("failures in a row make the rest longer, success makes it short again") func rests() {
        var desk = Desk()
        let single = Desk.gang("g", [("n1", [taken("a", "va")])])
        func fail(_ desk: inout Desk) {
            desk.begin(single)
            _ = desk.next()
            desk.refuse("a", "no")
            #expect(desk.next() == ["fail g [\"a\"]: no", "undo a va"])
            desk.undid("a")
            #expect(desk.next() == [])
        }
        for rest in [1.0, 2, 4, 8, 16, 32, 60, 60] {
            fail(&desk)
            #expect(desk.next(after: rest - 0.5) == [])
            #expect(desk.next(after: 0.5) == ["release g 1"])
        }
        desk.reach = ["va": ["n1"]]
        desk.begin(single)
        _ = desk.next()
        desk.accept("a", taking: "va")
        desk.show("a", volume: "va")
        #expect(desk.next() == ["bind g 1 1"])
        fail(&desk)
        #expect(desk.next(after: 1) == ["release g 1"])
    }

    @Test(
        "a claim or a volume that is no longer what was meant ends it",
        arguments: [
            "it is gone", "another claim has its name", "it is being deleted", "its volume is lost",
            "its volume vx is not within reach of node n1", "its volume is made for node n9 by now",
        ])
    func broken(reason: String) {
        var desk = Desk()
        desk.reach = ["vx": ["n9"]]
        desk.begin(Desk.gang("g", [("n1", [made("a")])]))
        _ = desk.next()
        desk.accept("a", on: "n1")
        switch reason {
        case "it is gone": desk.lose(claim: "a")
        case "another claim has its name": desk.show("a", node: "n1", uid: "2")
        case "it is being deleted": desk.show("a", node: "n1") { $0.isTerminating = true }
        case "its volume is lost": desk.show("a", node: "n1") { $0.phase = .lost }
        case "its volume is made for node n9 by now": desk.show("a", node: "n9")
        default: desk.show("a", node: "n1", volume: "vx")
        }
        #expect(desk.next().first == "fail g [\"a\"]: \(reason)")
    }

    @Test("a volume that goes to another claim, or away, ends it") func brokenVolume() {
        func failure(_ change: (inout Desk) -> Void) -> String? {
            var desk = Desk()
            desk.begin(Desk.gang("g", [("n2", [taken("b", "vb")])]))
            _ = desk.next()
            desk.accept("b", taking: "vb")
            change(&desk)
            return desk.next().first
        }
        #expect(failure { $0.show(volume: "vb", of: "other") }?.hasSuffix("is for claim ns/other") ?? false)
        #expect(failure { $0.show(volume: "vb", of: nil) }?.hasSuffix("was taken from it again") ?? false)
        #expect(failure { $0.lose(volume: "vb") }?.hasSuffix("volume vb is gone") ?? false)
        #expect(failure { $0.show(volume: "vb", of: "b") } == nil)
    }

    @Test("a pod that goes in the meantime ends it for all") func objection() {
        var desk = Desk()
        desk.begin(pair)
        _ = desk.next()
        desk.accept("a", on: "n1")
        desk.objections = [key("g-1"): "pod ns/g-1 is gone"]
        desk.recheck()
        #expect(desk.next() == ["fail g []: pod ns/g-1 is gone", "undo a on n1"])
        // The write that was under way is taken back once it has been answered.
        desk.undid("a")
        desk.accept("b", taking: "vb")
        #expect(desk.next(after: 10) == ["undo b vb"])
        desk.undid("b")
        #expect(desk.next() == [])
        #expect(desk.next(after: 1) == ["release g 2"])
    }

    @Test("pods that share a claim ask for it once; its volume must be within reach of all of them")
    func shared() {
        func outcome(_ reach: Set<String>) -> [String] {
            var desk = Desk()
            desk.reach = ["va": reach]
            desk.begin(Desk.gang("g", [("n1", [made("a")]), ("n2", [made("a")])]))
            #expect(desk.next() == ["write a on n1"])
            desk.accept("a", on: "n1")
            desk.show("a", node: "n1", volume: "va")
            return desk.next()
        }
        #expect(outcome(["n1", "n2"]) == ["bind g 2 1"])
        #expect(outcome(["n1"]) == ["fail g [\"a\"]: its volume va is not within reach of node n2"])
    }

    @Test("gangs that share a claim: what one asked for stays while the other waits") func sharedByGangs() {
        var desk = Desk()
        desk.begin(Desk.gang("g", [("n1", [made("a")])]))
        desk.begin(Desk.gang("h", [("n1", [made("a")])]))
        #expect(desk.next() == ["write a on n1"])
        desk.accept("a", on: "n1")
        desk.objections = [key("g-0"): "gone"]
        desk.recheck()
        #expect(desk.next() == ["fail g []: gone"])
        #expect(desk.next(after: 1) == ["release g 1"])
        desk.reach = ["va": ["n1"]]
        desk.show("a", node: "n1", volume: "va")
        #expect(desk.next() == ["bind h 1 1"])
    }

    @Test("a claim that is wanted again while it is taken back is asked for afterwards") func again() {
        var desk = Desk()
        desk.begin(Desk.gang("g", [("n1", [made("a")])]))
        _ = desk.next()
        desk.accept("a", on: "n1")
        desk.show("a", node: nil)
        #expect(desk.next().last == "undo a on n1")
        desk.begin(Desk.gang("h", [("n2", [made("a")])]))
        #expect(desk.next() == [])
        desk.undid("a")
        #expect(desk.next() == ["write a on n2"])
    }

    @Test("further pods of a gang wait with it, and are released with it") func further() {
        var desk = Desk()
        desk.begin(Desk.gang("g", [("n1", [made("a")])]))
        _ = desk.next()
        let more = Desk.gang("g", [("n2", [])])
        #expect(desk.holds(more))
        desk.begin(more)
        #expect(desk.next() == [])
        desk.refuse("a", "no")
        #expect(desk.next() == ["fail g [\"a\"]: no", "undo a on n1"])
        desk.undid("a")
        desk.begin(more)
        #expect(desk.next() == [])
        #expect(desk.next(after: 1) == ["release g 3"])
    }

    @Test("whoever decides no longer forgets all of it") func abandoned() {
        var desk = Desk()
        desk.begin(pair)
        _ = desk.next()
        #expect(desk.abandon() == ["g"])
        #expect(desk.isEmpty)
        desk.accept("a", on: "n1")
        #expect(desk.next() == [])
    }
}
