import ClusterModel

/// A claim that gangs wait for, and how far it has got.
struct AwaitedClaim {
    /// How far we have got with it; how far others have is in what the API server shows.
    enum Phase: Equatable {
        case writing
        /// Nobody waits for it any more, and the answer to the write has yet to come.
        case cancelled
        case awaited
        case refused(String)
        case undoing
    }

    /// Whether a claim can be used.
    enum Standing: Equatable {
        case ready
        case awaited
        /// It will not get a volume that will do; `avoids` where another node is worth a try.
        case failed(String, avoids: Bool)
    }

    var work: ClaimWork
    /// What somebody wants who has come while the work was taken back.
    var next: ClaimWork?
    /// The gangs that wait for it, by number.
    var gangs: Set<Int>
    var phase = Phase.writing
    /// The claim that is meant, should another one of the name come.
    var uid = ""
    var shown: Shown<PersistentVolumeClaim>?
    /// The volume that it is to take.
    var volume: Shown<PersistentVolume>?
    var isGone = false
    var isVolumeGone = false

    init(work: ClaimWork, gangs: Set<Int>) {
        self.work = work
        self.gangs = gangs
    }

    /// Whether it can be used by pods on these nodes.
    ///
    /// Source: kube-scheduler's volume binder, `checkBindings`.
    func standing(for nodes: Set<String>, _ isReachable: (String, String) -> Bool?) -> Standing {
        switch phase {
        case .writing, .cancelled, .undoing: return .awaited
        case .refused(let reason): return .failed(reason, avoids: false)
        case .awaited: break
        }
        if isGone { return .failed("it is gone", avoids: false) }
        guard let claim = shown?.object else { return .awaited }
        if claim.uid != uid { return .failed("another claim has its name", avoids: false) }
        if claim.isTerminating { return .failed("it is being deleted", avoids: false) }
        if claim.phase == .lost { return .failed("its volume is lost", avoids: false) }
        if claim.isBound { return standing(with: claim.volumeName, for: nodes, isReachable) }
        // The volume controller is at it.
        if !claim.volumeName.isEmpty { return .awaited }
        return work.volume.map(standing(taking:)) ?? standing(making: claim)
    }

    private func standing(
        with volume: String, for nodes: Set<String>, _ isReachable: (String, String) -> Bool?
    ) -> Standing {
        for node in nodes.sorted() {
            switch isReachable(volume, node) {
            case true?: break
            case false?:
                return .failed("its volume \(volume) is not within reach of node \(node)", avoids: false)
            case nil: return .awaited
            }
        }
        return .ready
    }

    private func standing(taking name: String) -> Standing {
        if isVolumeGone { return .failed("volume \(name) is gone", avoids: false) }
        guard let volume = volume?.object else { return .awaited }
        guard let holder = volume.claim else {
            return .failed("volume \(name) was taken from it again", avoids: false)
        }
        let isOurs = holder.key == work.claim && (holder.uid.isEmpty || holder.uid == uid)
        return isOurs ? .awaited : .failed("volume \(name) is for claim \(holder.key)", avoids: false)
    }

    private func standing(making claim: PersistentVolumeClaim) -> Standing {
        guard let node = claim.selectedNode else {
            return .failed("its provisioner gave up to make a volume for node \(work.node)", avoids: true)
        }
        return node == work.node
            ? .awaited : .failed("its volume is made for node \(node) by now", avoids: false)
    }
}
