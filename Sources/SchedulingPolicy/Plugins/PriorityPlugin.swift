/// Higher priority first: of gangs by their priority class, of pods by their own priority.
///
/// Source: Volcano's `priority`. A pod without a priority has 1; the annotation `volcano.sh/task-priority` overrides.
struct PriorityPlugin: Plugin {
    static let name = "priority"

    init(_ arguments: Arguments) {}

    func open(_ session: Session, _ points: inout PluginPoints) {
        points.orderJobs { session, left, right in
            Self.descending(session.jobs[left].priority, session.jobs[right].priority)
        }
        points.orderTasks { session, left, right in
            Self.descending(session.tasks[left].priority, session.tasks[right].priority)
        }
        points.orderSubGroups { session, left, right in
            Self.descending(session.priority(of: left), session.priority(of: right))
        }
        points.gateStarving { session, job in
            let members = session.readyMembers(job) + session.jobs[job].counts.pipelined
            return members < session.jobs[job].tasks.count
        }
        points.choosePreemptable { session, task, candidates in
            guard let job = session.tasks[task].job else { return [] }
            return candidates.filter { victim in
                guard let other = session.tasks[victim].job else { return true }
                return other == job
                    ? session.tasks[victim].priority < session.tasks[task].priority
                    : session.jobs[other].priority < session.jobs[job].priority
            }
        }
        points.chooseEvictable { session, eviction, candidates in
            if eviction.isReclaim { return candidates }
            return candidates.filter { victim in
                guard let other = session.tasks[victim].job else { return true }
                return session.jobs[other].priority < session.jobs[eviction.job].priority
            }
        }
    }

    private static func descending(_ left: Int32, _ right: Int32) -> Int {
        left == right ? 0 : (left > right ? -1 : 1)
    }
}
