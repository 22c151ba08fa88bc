import ClusterModel
import KubernetesAPI
import SchedulingPolicy
import SyntheticClusters
import TestSupport
import Testing

@testable import ClusterAdapter

/// An API server, a volume controller and a scheduling loop that do whatever they may, at random, and watch what the
/// binder makes of it.
private struct Storm {
    /// A claim as the server has it.
    private struct Claim {
        var node: String?
        var holder = false
        var volume = ""
        var version: UInt64 = 1
    }

    private var random: SeededGenerator
    private var binder = VolumeBinder()
    private var now = ContinuousClock.now
    private var version: UInt64 = 1
    private var server: [ObjectKey: Claim] = [:]
    /// What watches have yet to show.
    private var news: [Observed] = []
    private var writes: [ClaimWork] = []
    private var undos: [ClaimWork] = []
    /// Gangs that have begun and are neither bound nor released.
    private var open: [ObjectKey: [PodBinding]] = [:]
    private var departed: Set<ObjectKey> = []
    private var serial = 0
    private(set) var bound = 0
    private(set) var released = 0
    private(set) var violations: [String] = []

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    private static func key(_ name: String) -> ObjectKey { ObjectKey(namespace: testNamespace, name: name) }
    /// A volume named after a node is within its reach only; `everywhere` is within that of all.
    private static func isReachable(_ volume: String, _ node: String) -> Bool? {
        volume == "everywhere" || volume == node
    }

    mutating func step() {
        switch random.integer(in: 0...9) {
        case 0, 1: begin()
        case 2, 3: answerWrite()
        case 4: answerUndo()
        case 5: change()
        case 6: depart()
        case 7: now += .seconds(random.integer(in: 0...40))
        default: showNews()
        }
        advance()
    }

    /// Lets all that is under way come to its end.
    mutating func settle() {
        for _ in 0..<200 {
            while !writes.isEmpty { answerWrite() }
            while !undos.isEmpty { answerUndo() }
            while !news.isEmpty { showNews() }
            now += .seconds(50)
            advance()
        }
        if !open.isEmpty { violations.append("\(open.keys.map(\.name).sorted()) never came to an end") }
        if binder.gangCount > 0 { violations.append("the binder keeps gangs") }
        for (key, claim) in server where claim.volume.isEmpty && (claim.node != nil || claim.holder) {
            violations.append("\(key.name) still asks for a volume")
        }
    }

    // MARK: What happens

    private mutating func begin() {
        let gang = Self.key("g\(random.integer(in: 0...4))")
        var pods: [PodBinding] = []
        for _ in 0..<random.integer(in: 1...3) {
            serial += 1
            let claims = Set((0..<random.integer(in: 0...2)).map { _ in random.integer(in: 0...5) }).sorted()
            pods.append(
                PodBinding(
                    pod: Self.key("p\(serial)"), uid: "u", node: "n\(random.integer(in: 0...2))",
                    claims: claims.map { number in
                        // Even ones have their volumes made, odd ones take one that is there.
                        ClaimBinding(
                            claim: Self.key("c\(number)"), volume: number % 2 == 0 ? nil : "v\(number)")
                    }))
        }
        open[gang, default: []] += pods
        binder.begin(GangBinding(gang: gang, pods: pods), until: now + .seconds(60))
    }

    private mutating func answerWrite() {
        guard !writes.isEmpty else { return }
        let work = writes.remove(at: random.integer(in: 0...writes.count - 1))
        if random.chance(1, in: 8) {
            // Perhaps it was done all the same.
            if random.chance(1, in: 2), server[work.claim]?.volume.isEmpty ?? true { ask(work) }
            binder.wrote(work.claim, .refused("no answer"))
            return
        }
        if server[work.claim]?.volume.isEmpty ?? true { ask(work) }
        let shown = observed(work.claim)
        guard case .persistentVolumeClaim(let claim) = shown.object else { return }
        let volume = work.volume.map { name in
            Shown(
                object: PersistentVolume(name: name, claim: ClaimReference(key: work.claim, uid: "u")),
                version: shown.version)
        }
        binder.wrote(
            work.claim, .written(Shown(object: claim, version: shown.version), volume))
    }

    private mutating func ask(_ work: ClaimWork) {
        version += 1
        var claim = server[work.claim] ?? Claim()
        if work.volume == nil { claim.node = work.node } else { claim.holder = true }
        claim.version = version
        server[work.claim] = claim
        news.append(observed(work.claim))
    }

    private mutating func answerUndo() {
        guard !undos.isEmpty else { return }
        let work = undos.remove(at: random.integer(in: 0...undos.count - 1))
        if var claim = server[work.claim], claim.volume.isEmpty {
            version += 1
            (claim.node, claim.holder, claim.version) = (nil, false, version)
            server[work.claim] = claim
            news.append(observed(work.claim))
        }
        binder.undid(work.claim)
    }

    /// The controller or a provisioner does something with a claim that asks.
    private mutating func change() {
        let asking = server.filter { $0.value.volume.isEmpty && ($0.value.node != nil || $0.value.holder) }
        guard let key = asking.keys.sorted().randomElement(using: &random), var claim = server[key] else {
            return
        }
        version += 1
        claim.version = version
        switch random.integer(in: 0...3) {
        case 0 where !claim.holder: claim.node = nil
        case 1: claim.volume = "n\(random.integer(in: 0...2))"
        default: claim.volume = "everywhere"
        }
        server[key] = claim
        news.append(observed(key))
    }

    private func observed(_ key: ObjectKey) -> Observed {
        let state = server[key] ?? Claim()
        var claim = PersistentVolumeClaim(key: key, uid: "u", volumeName: state.volume)
        claim.selectedNode = state.node
        claim.isBindCompleted = !state.volume.isEmpty
        return Observed(key: key, resourceVersion: "\(state.version)", object: .persistentVolumeClaim(claim))
    }

    /// A watch shows something, in whatever order.
    private mutating func showNews() {
        guard !news.isEmpty else { return }
        binder.see(news.remove(at: random.integer(in: 0...news.count - 1)))
    }

    private mutating func depart() {
        guard random.chance(1, in: 4),
            let pod = open.values.joined().map(\.pod).sorted().randomElement(using: &random)
        else { return }
        departed.insert(pod)
        binder.recheck()
    }

    // MARK: What the binder makes of it

    private mutating func advance() {
        let departed = departed
        let outlook = VolumeBinder.Outlook(
            isReachable: Self.isReachable, objection: { departed.contains($0.pod) ? "gone" : nil })
        for action in binder.advance(at: now, outlook) {
            switch action {
            case .write(let work):
                if (writes + undos).contains(where: { $0.claim == work.claim }) {
                    violations.append("\(work.claim.name) is written twice at a time")
                }
                writes.append(work)
            case .undo(let work):
                if (writes + undos).contains(where: { $0.claim == work.claim }) {
                    violations.append("\(work.claim.name) is undone while it is written")
                }
                undos.append(work)
            case .bind(let gang, _):
                end(gang)
                bound += 1
                check(gang)
            case .release(let gang):
                end(gang)
                released += 1
            case .fail, .avoid: break
            }
        }
    }

    private mutating func end(_ gang: GangBinding) {
        if open.removeValue(forKey: gang.name) != gang.pods {
            violations.append("\(gang.name.name) ends with other pods than it began with")
        }
    }

    private mutating func check(_ gang: GangBinding) {
        for pod in gang.pods {
            if departed.contains(pod.pod) { violations.append("\(pod.pod.name) is bound, and gone") }
            for claim in pod.claims {
                let volume = server[claim.claim]?.volume ?? ""
                if Self.isReachable(volume, pod.node) != true {
                    violations.append("\(pod.pod.name) is bound on \(pod.node) with volume \"\(volume)\"")
                }
            }
        }
    }
}

@Suite("Whatever the world does, gangs that wait for volumes come to an end") struct VolumeBinderPropertyTests
{
    @Test("bound with all volumes or released whole, one step at a time, and nothing is left behind")
    func storm() {
        var (bound, released) = (0, 0)
        for seed in Seeds.first(300) {
            var storm = Storm(seed: seed)
            for _ in 0..<120 { storm.step() }
            storm.settle()
            #expect(storm.violations == [], "GANGWRIGHT_SEED=\(seed)")
            bound += storm.bound
            released += storm.released
        }
        #expect(bound > 100 && released > 100, "the storm is one-sided: \(bound) bound, \(released) released")
    }
}
