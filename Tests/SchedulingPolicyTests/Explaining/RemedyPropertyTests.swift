import ClusterModel
import SyntheticClusters
import TestSupport
import Testing

@testable import SchedulingPolicy

@Suite("On random clusters every change that is reported gives the job its place") struct RemedyPropertyTests
{
    /// Without what keeps whole clusters from being searched: what can never be placed is asked after elsewhere.
    private static let recipe = AdversarialCluster(nodes: 1...6, gangs: 1...6, podsPerGang: 1...5)

    @Test("made to the objects, and placed by plain loops", arguments: NamedConfiguration.all)
    func proven(configuration: NamedConfiguration) throws {
        let variant = NamedConfiguration.all.firstIndex { $0.name == configuration.name } ?? 0
        for seed in Seeds.forVariant(variant, of: NamedConfiguration.all.count, count: 12) {
            let snapshot = Self.recipe.snapshot(seed: seed)
            let explainer = try Explainer(
                snapshot: snapshot, configuration: configuration.configuration, now: snapshot.newestTimestamp)
            for job in explainer.waitingJobs.prefix(4) {
                let explanation = try #require(explainer.explain(job, trials: 30))
                #expect(!explanation.holds.isEmpty, "GANGWRIGHT_SEED=\(seed): \(job.key) is held by nothing")
                for remedy in explanation.remedies {
                    #expect(
                        try snapshot.applying(remedy.changes).places(
                            explanation, configuration.configuration, now: snapshot.newestTimestamp),
                        "GANGWRIGHT_SEED=\(seed): \(job.key) does not run with \(remedy.kind)")
                }
            }
        }
    }

    @Test("the order of the objects makes no difference", arguments: NamedConfiguration.all)
    func order(configuration: NamedConfiguration) throws {
        let variant = NamedConfiguration.all.firstIndex { $0.name == configuration.name } ?? 0
        for seed in Seeds.forVariant(variant, of: NamedConfiguration.all.count, count: 4) {
            let snapshot = Self.recipe.snapshot(seed: seed)
            func remedies(_ snapshot: ClusterSnapshot) throws -> [[Remedy.Kind]] {
                let explainer = try Explainer(snapshot: snapshot, configuration: configuration.configuration)
                return explainer.waitingJobs.prefix(3)
                    .map { explainer.explain($0, trials: 20)?.remedies.map(\.kind) ?? [] }
            }
            var random = SeededGenerator(seed: seed)
            let shuffled = snapshot.shuffled(using: &random)
            #expect(try remedies(snapshot) == remedies(shuffled), "GANGWRIGHT_SEED=\(seed)")
        }
    }
}
