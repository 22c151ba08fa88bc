public import SchedulingPolicy

/// Why jobs wait, in words.
public enum ReasonText {
    /// A reason in words: `QueueOverused` is `queue overused`.
    public static func words(_ reason: PendingReason) -> String {
        var words = ""
        for character in reason.rawValue {
            if character.isUppercase, !words.isEmpty { words += " " }
            words += character.lowercased()
        }
        return words
    }

    /// What a reason means for who waits.
    public static func meaning(_ reason: PendingReason) -> String {
        switch reason {
        case .schedulingGated: "a scheduling gate was set"
        case .unsupportedConstraint: "a pod states a constraint that is not evaluated"
        case .otherScheduler: "the pods ask for another scheduler"
        case .terminating: "the pods were being deleted"
        case .podGroupNotFound: "the pods name a gang that does not exist"
        case .queueNotFound: "the jobs name a queue that does not exist"
        case .unknownInstanceType: "the jobs name an instance type that does not exist"
        case .notEnqueued: "the queue's admission had not let the jobs in"
        case .queueOverused: "the queue used all that it is due"
        case .queueShareExceeded: "the job would have taken its queue beyond what it is due"
        case .notEnoughTasks, .notEnoughPodsOfTask: "fewer pods existed than the gang needs"
        case .networkTopologyNotReady: "the network's domains formed no tree"
        case .reserved: "places were being kept for the gang until they were free"
        case .unschedulable: "no node had room"
        case .gangNotReady: "there was room for some of the gang's pods, not for its minimum"
        case .notTried: "no action of the configuration tries such pods"
        }
    }
}
