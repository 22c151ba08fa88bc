import ClusterModel

/// What is to be done for a claim that waits for its volume.
struct ClaimWork: Sendable, Equatable {
    let claim: ObjectKey
    /// The volume that it takes; nil where one is to be made.
    let volume: String?
    /// The node for which a volume is made.
    var node: String
}

/// An object as the API server has shown it, at whatever time.
struct Shown<Object: Sendable>: Sendable {
    let object: Object
    /// Its resource version, which grows with each change.
    let version: UInt64
}

extension Optional {
    /// Takes another showing, unless it is older: answers and watches overtake each other.
    mutating func update<Object>(to other: Shown<Object>) where Wrapped == Shown<Object> {
        if let self, self.version > other.version { return }
        self = other
    }
}

/// What became of the first step for a claim.
enum ClaimOutcome: Sendable {
    /// The API server shows that somebody is at it, or that it has its volume; beside it the volume that it takes.
    case written(Shown<PersistentVolumeClaim>, Shown<PersistentVolume>?)
    /// It cannot be done; the text says why.
    case refused(String)
}
