import ClusterModel
import SchedulingPolicy
import SyntheticClusters

/// A cluster and the gangs that come to it as model values, ready before any clock starts.
struct SessionWorkload {
    /// Nodes, queues and priority classes, without any gang.
    let cluster: ClusterSnapshot
    /// The gangs in the order in which they come.
    let groups: [PodGroup]
    /// Their pods, gang by gang.
    let pods: [Pod]
    /// The pods of each gang.
    let members: [Range<Int>]
    private let configuration: SchedulerConfiguration

    /// What a recipe says is waiting, changed as the case needs it.
    init(
        _ recipe: SyntheticCluster, seed: UInt64, configuration: SchedulerConfiguration = .default,
        change: (inout ClusterSnapshot) -> Void = { _ in }
    ) {
        self.configuration = configuration
        var snapshot = recipe.snapshot(seed: seed)
        change(&snapshot)
        groups = snapshot.podGroups
        pods = snapshot.pods
        snapshot.podGroups = []
        snapshot.pods = []
        cluster = snapshot
        var members: [Range<Int>] = []
        var index = 0
        while index < pods.count {
            let start = index
            while index < pods.count, pods[index].podGroup == pods[start].podGroup { index += 1 }
            members.append(start..<index)
        }
        self.members = members
    }

    /// A session that knows the cluster and none of the gangs.
    func session() throws(ResourceOverflow) -> Session {
        try Session(snapshot: cluster, configuration: configuration)
    }

    /// A session that knows everything.
    func loadedSession() throws(ResourceOverflow) -> Session {
        let session = try session()
        try arriveAll(session)
        return session
    }

    /// Lets a gang come, pod by pod.
    func arrive(_ gang: Int, _ session: Session) throws(ResourceOverflow) {
        try session.update(groups[gang])
        let pods = pods.span
        for index in members[gang] { try session.update(pods[index]) }
    }

    /// Lets a gang go, pod by pod.
    func leave(_ gang: Int, _ session: Session) {
        let pods = pods.span
        for index in members[gang] { session.removePod(pods[index].key) }
        session.removePodGroup(groups[gang].key)
    }

    /// Lets all gangs come.
    func arriveAll(_ session: Session) throws(ResourceOverflow) {
        for gang in groups.indices { try arrive(gang, session) }
    }

    /// Lets all gangs go.
    func leaveAll(_ session: Session) { for gang in groups.indices { leave(gang, session) } }
}

extension Session {
    /// Runs cycles until nothing more is bound, each binding confirmed; says how many pods were.
    func settle() -> Int {
        var bound = 0
        while true {
            let binds = runCycle().binds
            if binds.isEmpty { return bound }
            bound += binds.count
            for bind in binds { confirmBind(bind.pod) }
        }
    }
}
