/// A container of a pod that gets what it asks for and no more: the kubelet may give it processors of its own.
///
/// Such a pod's requests are its limits, of processors and memory in every container: Kubernetes' class `Guaranteed`.
public struct GuaranteedContainer: Hashable, Sendable {
    /// The container's name.
    public var name: String
    /// The processors that it has for itself: what it asks for if that is a whole number, and else none.
    public var wholeCPUs: Int
    /// The GPUs that it asks for.
    public var gpus: Int

    /// A container by its name and needs.
    public init(name: String, wholeCPUs: Int, gpus: Int = 0) {
        self.name = name
        self.wholeCPUs = wholeCPUs
        self.gpus = gpus
    }
}
