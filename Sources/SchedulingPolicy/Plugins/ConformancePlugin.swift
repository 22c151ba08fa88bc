/// Keeps system pods from being chosen as victims.
///
/// Source: Volcano's `conformance`. It speaks only where pods are evicted, so in a configuration that never evicts
/// it has no effect; that is so in Volcano's own default, which names it.
struct ConformancePlugin: Plugin {
    static let name = "conformance"

    init(_ arguments: Arguments) {}
}
