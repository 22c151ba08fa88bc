/// Keeps system pods from being chosen as victims.
///
/// Source: Volcano's `conformance`: pods of the two system priority classes and of the namespace `kube-system`. It speaks
/// only where pods are evicted, so in a configuration that never evicts it has no effect; that is so in Volcano's own
/// default, which names it.
struct ConformancePlugin: Plugin {
    static let name = "conformance"

    init(_ arguments: Arguments) {}

    func open(_ session: Session, _ points: inout PluginPoints) {
        points.choosePreemptable { session, _, candidates in Self.ordinary(candidates, in: session) }
        points.chooseReclaimable { session, _, candidates in Self.ordinary(candidates, in: session) }
        points.chooseEvictable { session, _, candidates in Self.ordinary(candidates, in: session) }
    }

    private static func ordinary(_ candidates: [Int], in session: Session) -> [Int] {
        candidates.filter { !session.tasks[$0].traits.contains(.isCritical) }
    }
}
