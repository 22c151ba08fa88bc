/// The jobs that have been submitted and have not ended, by their positions in the plan.
///
/// Four bytes a job of the plan, and the whole of what is kept for those that live: memory follows these.
struct LiveJobs {
    typealias Job = SimulatedCluster.LiveJob

    /// By position in the plan; negative for a job that is not there.
    private var places: [Int32]
    private var jobs: [Job?] = []
    private var free: [Int32] = []

    /// No jobs of a plan with so many.
    init(count: Int) { places = Array(repeating: -1, count: count) }

    /// The positions of the jobs that are there, ascending. - Complexity: O(jobs of the plan).
    var positions: [Int] { places.indices.filter { places[$0] >= 0 } }

    /// The job of a position; `nil` if it is not there. Setting `nil` takes it out.
    subscript(position: Int) -> Job? {
        get { places[position] < 0 ? nil : jobs[Int(places[position])] }
        set {
            let place = places[position]
            switch (place < 0, newValue) {
            case (false, let job?): jobs[Int(place)] = job
            case (false, nil):
                jobs[Int(place)] = nil
                places[position] = -1
                free.append(place)
            case (true, let job?):
                if let place = free.popLast() {
                    jobs[Int(place)] = job
                    places[position] = place
                } else {
                    places[position] = Int32(jobs.count)
                    jobs.append(job)
                }
            case (true, nil): break
            }
        }
    }
}
