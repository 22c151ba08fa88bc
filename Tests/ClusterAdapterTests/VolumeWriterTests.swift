import ClusterModel
import KubernetesClient
import Synchronization
import TestSupport
import Testing

@testable import ClusterAdapter

/// Objects that a server shows by path, one after the other, and keeps showing the last; and what was written to it.
private final class Shelf: Sendable {
    let answers: Mutex<[String: [LoopbackServer.Step]]>
    let patches = Mutex<[String]>([])

    init(_ answers: [String: [LoopbackServer.Step]]) { self.answers = Mutex(answers) }

    func answer(_ request: LoopbackServer.Request) -> [LoopbackServer.Step] {
        if request.method == "PATCH" {
            patches.withLock { $0.append(request.text) }
        }
        let step = answers.withLock { answers -> LoopbackServer.Step? in
            let name = "\(request.method) \(request.path)"
            guard let steps = answers[name], let first = steps.first else { return nil }
            if steps.count > 1 { answers[name] = Array(steps.dropFirst()) }
            return first
        }
        return [step ?? .refusal(404, "NotFound")]
    }
}

private let claimPath = "/api/v1/namespaces/ns/persistentvolumeclaims/a"
private let volumePath = "/api/v1/persistentvolumes/va"
private let claimKey = ObjectKey(namespace: "ns", name: "a")

private func claim(
    _ version: Int = 7, node: String? = nil, volume: String = "", modes: String = "ReadWriteOnce"
) -> LoopbackServer.Step {
    let annotations = node.map { #","annotations":{"volume.kubernetes.io/selected-node":"\#($0)"}"# } ?? ""
    return .json(
        200,
        #"{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"namespace":"ns","name":"a","uid":"u1","#
            + #""resourceVersion":"\#(version)"\#(annotations)},"spec":{"volumeName":"\#(volume)","#
            + #""accessModes":["\#(modes)"]}}"#)
}

private func volume(_ version: Int = 3, of uid: String? = nil, by controller: Bool = true)
    -> LoopbackServer.Step
{
    let annotations = controller ? #","annotations":{"pv.kubernetes.io/bound-by-controller":"yes"}"# : ""
    let reference =
        uid.map { #","claimRef":{"namespace":"ns","name":"\#($0.isEmpty ? "b" : "a")","uid":"\#($0)"}"# }
        ?? ""
    return .json(
        200,
        #"{"apiVersion":"v1","kind":"PersistentVolume","metadata":{"name":"va","resourceVersion":"\#(version)""#
            + #"\#(annotations)},"spec":{"capacity":{"storage":"1Gi"}\#(reference)},"status":{"phase":"Available"}}"#
    )
}

/// Runs a step against a server and says what came of it, and what was written.
private func run(
    _ answers: [String: [LoopbackServer.Step]], _ step: (VolumeWriter) -> Void
) async throws -> (outcome: String, patches: [String]) {
    let shelf = Shelf(answers)
    let server = LoopbackServer { shelf.answer($0) }
    let client = try APIClient(ClientConfiguration(server: try #require(ServerAddress(server.url))))
    let inbox = Inbox()
    step(VolumeWriter(client: client, inbox: inbox, log: Log(level: .error), concurrency: 2))
    await inbox.wait(atMost: .seconds(20))
    let outcome =
        switch inbox.take().first {
        case .claimWritten(_, .written(let claim, let volume)):
            "written \(claim.object.selectedNode ?? "-") \(claim.version) \(volume.map { "\($0.version)" } ?? "-")"
        case .claimWritten(_, .refused(let reason)): "refused \(reason)"
        case .claimUndone: "undone"
        default: "nothing"
        }
    withExtendedLifetime(server) {}
    return (outcome, shelf.patches.withLock { $0 })
}

private let made = ClaimWork(claim: claimKey, volume: nil, node: "n1")
private let taken = ClaimWork(claim: claimKey, volume: "va", node: "n1")

@Suite("Volumes are asked for without overwriting anybody", .timeLimit(.minutes(1)))
struct VolumeWriterTests {
    @Test("a volume that is to be made: the claim names the node, if it is as it was read") func select()
        async throws
    {
        let (outcome, patches) = try await run([
            "GET \(claimPath)": [claim(7)], "PATCH \(claimPath)": [claim(8, node: "n1")],
        ]) { $0.write(made) }
        #expect(outcome == "written n1 8 -")
        #expect(
            patches == [
                #"{"metadata":{"resourceVersion":"7","annotations":{"volume.kubernetes.io/selected-node":"n1"}}}"#
            ])
    }

    @Test("a volume that is there: it names the claim, and says that no admin has done so") func take()
        async throws
    {
        let (outcome, patches) = try await run([
            "GET \(claimPath)": [claim(7)], "GET \(volumePath)": [volume(3, by: false)],
            "PATCH \(volumePath)": [volume(4, of: "u1")],
        ]) { $0.write(taken) }
        #expect(outcome == "written - 7 4")
        #expect(
            patches == [
                #"{"metadata":{"resourceVersion":"3","annotations":{"pv.kubernetes.io/bound-by-controller":"yes"}},"#
                    + #""spec":{"claimRef":{"apiVersion":"v1","kind":"PersistentVolumeClaim","namespace":"ns","#
                    + #""name":"a","uid":"u1","resourceVersion":"7"}}}"#
            ])
    }

    @Test("what has been done already is not done again") func done() async throws {
        let selected = try await run(["GET \(claimPath)": [claim(9, node: "n1")]]) { $0.write(made) }
        #expect(selected == ("written n1 9 -", []))
        let bound = try await run(["GET \(claimPath)": [claim(9, volume: "vx")]]) { $0.write(made) }
        #expect(bound == ("written - 9 -", []))
        let reserved = try await run([
            "GET \(claimPath)": [claim(9)], "GET \(volumePath)": [volume(5, of: "u1")],
        ]) { $0.write(taken) }
        #expect(reserved == ("written - 9 5", []))
        let shared = try await run(["GET \(claimPath)": [claim(9, node: "n5", modes: "ReadWriteMany")]]) {
            $0.write(made)
        }
        #expect(shared == ("written n5 9 -", []))
    }

    @Test("what others have done is left alone") func others() async throws {
        let elsewhere = try await run(["GET \(claimPath)": [claim(9, node: "n2")]]) { $0.write(made) }
        #expect(elsewhere == ("refused its volume is made for node n2", []))
        let lost = try await run([
            "GET \(claimPath)": [claim(9)], "GET \(volumePath)": [volume(5, of: "")],
        ]) { $0.write(taken) }
        #expect(lost == ("refused volume va is for claim ns/b", []))
        #expect(try await run([:]) { $0.write(made) } == ("refused it is gone", []))
        let gone = try await run(["GET \(claimPath)": [claim(9)]]) { $0.write(taken) }
        #expect(gone == ("refused volume va is gone", []))
    }

    @Test("a change in between is a conflict, and looked at") func conflict() async throws {
        let (outcome, patches) = try await run([
            "GET \(claimPath)": [claim(7), claim(8, node: "n2")],
            "PATCH \(claimPath)": [.refusal(409, "Conflict")],
        ]) { $0.write(made) }
        #expect(outcome == "refused its volume is made for node n2")
        #expect(patches.count == 1)
    }

    @Test("what is not allowed is not tried again") func forbidden() async throws {
        let (outcome, patches) = try await run([
            "GET \(claimPath)": [claim(7)], "PATCH \(claimPath)": [.refusal(403, "Forbidden", "no")],
        ]) { $0.write(made) }
        #expect(outcome == "refused 403 Forbidden: no")
        #expect(patches.count == 1)
    }

    @Test("taking back removes what was asked for, and nothing else") func undo() async throws {
        let selected = try await run([
            "GET \(claimPath)": [claim(7, node: "n1")], "PATCH \(claimPath)": [claim(8)],
        ]) { $0.undo(made) }
        #expect(
            selected.patches == [
                #"{"metadata":{"resourceVersion":"7","annotations":{"volume.kubernetes.io/selected-node":null}}}"#
            ])
        let reserved = try await run([
            "GET \(claimPath)": [claim(7)], "GET \(volumePath)": [volume(3, of: "u1")],
            "PATCH \(volumePath)": [volume(4)],
        ]) { $0.undo(taken) }
        #expect(
            reserved.patches == [
                #"{"metadata":{"resourceVersion":"3","annotations":{"pv.kubernetes.io/bound-by-controller":null}},"#
                    + #""spec":{"claimRef":null}}"#
            ])
        for (answers, work) in [
            (["GET \(claimPath)": [claim(7, node: "n2")]], made),
            (["GET \(claimPath)": [claim(7, node: "n1", volume: "vx")]], made),
            (["GET \(claimPath)": [claim(7)], "GET \(volumePath)": [volume(3, of: "u2")]], taken),
            (["GET \(claimPath)": [claim(7)], "GET \(volumePath)": [volume(3, of: "u1", by: false)]], taken),
            ([:], made),
        ] {
            #expect(try await run(answers) { $0.undo(work) } == ("undone", []))
        }
    }
}
