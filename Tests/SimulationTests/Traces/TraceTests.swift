import ClusterModel
import Simulation
import Testing

@Suite("Traces become jobs") struct TraceTests {
    private static let philly = """
        timestamp,duration,num_gpus,gpu_time,cluster
        2017-10-16 00:10:00,3600.0,1,3600.0,aaa
        2017-10-15 23:00:00,60.5,8,484.0,bbb
        2017-10-16 00:05:00,10.0,16,160.0,aaa
        2017-10-22 23:59:59,10.0,12,120.0,ccc
        2017-10-23 00:00:00,10.0,1,10.0,ccc
        """

    private func plan(
        _ trace: String, _ files: [String: String], cluster: String = "", seed: UInt64? = nil
    ) throws -> SimulationPlan {
        try makePlan(
            heading + "cluster: {\(cluster)}\nworkload:\n  traces:\n  - \(trace)\n", seed: seed,
            files: MemoryFiles(files: files, variables: ["GANGWRIGHT_DATA": "/data"]))
    }

    @Test("Philly's rows are gangs of pods of eight GPUs at most") func phillyRows() throws {
        let plan = try plan(
            "{format: philly, file: '${GANGWRIGHT_DATA}/p.csv', perGPU: {cpu: 4}}",
            ["/data/p.csv": Self.philly])
        #expect(plan.jobs.map(\.submitted) == [0, 3_900_000, 4_200_000, 608_399_000, 608_400_000])
        #expect(plan.jobs[0].runTime == 60_500 && plan.jobs[0].user == "bbb")
        #expect(plan.jobs[0].key.name == "philly-00000")
        let sizes = plan.jobs.map { job in
            let shape = plan.shapes[job.shape]
            return [Int64(shape.podCount), shape.pods[0].pod.requests[.nvidiaGPU] ?? 0]
        }
        #expect(sizes == [[1, 8], [2, 8], [1, 1], [2, 6], [1, 1]])
        #expect(plan.shapes[plan.jobs[0].shape].pods[0].pod.requests[.cpu] == 32_000)
        #expect(plan.shapes.count == 4)
    }

    @Test("a week, a limit and scales choose and stretch") func window() throws {
        let plan = try plan(
            "{format: philly, file: p.csv, week: 2017-W42, limit: 2, arrivalScale: 0.5, runTimeScale: 2, at: 1m, name: w}",
            ["dir/p.csv": Self.philly])
        #expect(plan.jobs.map(\.submitted) == [210_000, 360_000])
        #expect(plan.jobs.map(\.runTime) == [20_000, 7_200_000])
        #expect(plan.jobs.map(\.key.name) == ["w-00000", "w-00001"])
    }

    @Test("groups are users, or queues that must be there") func groups() throws {
        let plan = try plan(
            "{format: philly, file: p.csv, group: queue, queues: {aaa: one, '*': two}}",
            ["dir/p.csv": Self.philly], cluster: "queues: [{name: one}, {name: two}]")
        #expect(plan.jobs.map(\.queue) == ["two", "one", "one", "two", "two"])
        #expect(
            complaints(
                heading + "workload: {traces: [{format: philly, file: p.csv, group: queue}]}",
                files: MemoryFiles(files: ["p.csv": Self.philly])
            ).count == 3)
    }

    @Test("our own table: seconds, durations or dates, and what columns it has") func table() throws {
        let csv = """
            submit,run_time,name,pods,gpus_per_pod,cpu,memory,queue,priority_class,user,instance_type,min_member,checkpoint,stated_run_time
            90s,1h,b,4,8,2,16Gi,q,high,anna,,2,10m,2h
            0,60,a,,,500m,,,,,,,,
            1.5,60,c,,,,,,,,gpu1,,,
            """
        let plan = try plan(
            "{format: csv, file: t.csv}", ["dir/t.csv": csv],
            cluster: "queues: [{name: q}], priorityClasses: {high: 5}, "
                + "instanceTypes: [{name: gpu1, requests: {nvidia.com/gpu: 1}}]")
        #expect(plan.jobs.map(\.key.name) == ["a", "c", "b"])
        #expect(plan.jobs.map(\.submitted) == [0, 1_500, 90_000])
        let job = plan.jobs[2]
        #expect(job.queue == "q" && job.priorityClassName == "high" && job.user == "anna")
        #expect(job.checkpointInterval == 600_000 && job.statedRunTime == 7_200_000)
        let shape = plan.shapes[job.shape]
        #expect(shape.podCount == 4 && shape.minimum == 2)
        #expect(shape.pods[0].pod.requests == [.cpu: 2_000, .memory: 16 << 30, .nvidiaGPU: 8])
        #expect(plan.shapes[plan.jobs[1].shape].instanceType == "gpu1")
    }

    @Test("columns of other tables are named; what is wrong has its line") func columns() throws {
        let plan = try plan(
            "{format: csv, file: t.csv, columns: {submit: t, run_time: d, gpus_per_pod: g}}",
            ["dir/t.csv": "t,d,g,x\n2020-01-01 00:00:00,5,1,\n2020-01-01 01:00:00,5,2,\n"])
        #expect(plan.jobs.map(\.submitted) == [0, 3_600_000])
        #expect(
            complaints(
                heading + "workload: {traces: [{format: csv, file: t.csv}]}",
                files: MemoryFiles(files: ["t.csv": "submit,run_tme\n1,2\n"])) == [
                    "t.csv:1: run_time: the column is missing; found the columns submit, run_tme"
                ])
        #expect(
            complaints(
                heading + "workload: {traces: [{format: csv, file: t.csv}]}",
                files: MemoryFiles(files: [
                    "t.csv": "submit,run_time,pods\nx,2,\n1,y,\n1,1,0\n2020-01-01,1,\n"
                ]))
                == [
                    "t.csv:2: submit: found 'x', expected seconds, or a duration such as 90s or 1h30m",
                    "t.csv:3: run_time: found 'y', expected seconds, or a duration such as 90s or 1h30m",
                    "t.csv:4: pods: found '0', expected a whole number from 1 to 100000",
                    "t.csv:5: submit: found a date, expected a time since the beginning as in the rows before",
                ])
    }

    @Test(
        "a trace that was turned into our own table gives the same jobs",
        arguments: ["user", "queue", "none"])
    func conversion(group: String) throws {
        let pods = """
            name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,creation_time,deletion_time,scheduled_time
            a,12000,16384,1,1000,,LS,100,500,200
            b,6500,1024,1,460,V100M16|V100M32,BE,0,50,
            c,2000,100,0,0,T4,,300,301,
            """
        let philly = JobTableConversion.philly(
            Array(Self.philly.utf8), file: "p", gpusPerPod: 8, group: group)
        let openb = JobTableConversion.openb(Array(pods.utf8), file: "o", shares: "whole", group: group)
        #expect(philly.problems.isEmpty && openb.problems.isEmpty)
        let files = [
            "dir/philly.csv": Self.philly, "dir/openb.csv": pods, "dir/philly.table": philly.text,
            "dir/openb.table": openb.text,
        ]
        let queues = "queues: [{name: aaa}, {name: bbb}, {name: ccc}, {name: LS}, {name: BE}]"
        for format in ["philly", "openb"] {
            let given = try plan(
                "{format: \(format), name: job, file: \(format).csv, group: \(group)}", files, cluster: queues
            )
            let table = try plan("{format: csv, name: job, file: \(format).table}", files, cluster: queues)
            #expect(given.jobs.map(\.key) == table.jobs.map(\.key))
            #expect(given.jobs.map(\.submitted) == table.jobs.map(\.submitted))
            #expect(given.jobs.map(\.runTime) == table.jobs.map(\.runTime))
            #expect(given.jobs.map(\.queue) == table.jobs.map(\.queue))
            #expect(given.jobs.map(\.user) == table.jobs.map(\.user))
            #expect(given.jobs.map(\.shape) == table.jobs.map(\.shape))
            #expect(given.shapes.map { $0.pods.map(\.pod) } == table.shapes.map { $0.pods.map(\.pod) })
            #expect(given.shapes.map { $0.pods.map(\.count) } == table.shapes.map { $0.pods.map(\.count) })
        }
    }

    @Test("a table has the columns in which something stands") func writtenTable() {
        let (text, _) = JobTableConversion.philly(
            Array(Self.philly.utf8), file: "p", gpusPerPod: 4, group: "none")
        #expect(
            text == """
                submit,run_time,pods,gpus_per_pod
                2017-10-15T23:00:00Z,60.5,2,4
                2017-10-16T00:05:00Z,10,4,4
                2017-10-16T00:10:00Z,3600,,1
                2017-10-22T23:59:59Z,10,3,4
                2017-10-23T00:00:00Z,10,,1

                """)
    }

    @Test("openb's tasks run from their scheduling to their deletion") func openb() throws {
        let pods = """
            name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time
            a,12000,16384,1,1000,,LS,Running,100,500,200
            b,6500,1024,1,460,V100M16|V100M32,BE,Failed,0,50,
            c,2000,100,0,0,T4,,Pending,300,,
            """
        let nodes = "sn,cpu_milli,memory_mib,gpu,model\nn-a,64000,262144,2,T4\n"
        let files = ["dir/p.csv": pods, "dir/n.csv": nodes]
        let whole = try plan(
            "{format: openb, file: p.csv}", files,
            cluster: "traces: [{format: openb, file: n.csv, pricePerHour: 2}]")
        #expect(whole.cluster.nodes.map(\.name) == ["n-a"] && whole.pricePerHour == ["n-a": 2])
        #expect(whole.jobs.map(\.key.name) == ["b", "a"])
        #expect(whole.jobs.map(\.submitted) == [0, 100_000])
        #expect(whole.jobs.map(\.runTime) == [50_000, 300_000])
        let pod = whole.shapes[whole.jobs[0].shape].pods[0].pod
        #expect(pod.requests == [.cpu: 6_500, .memory: 1024 << 20, .nvidiaGPU: 1])
        #expect(pod.nodeAffinity.required?[0].matchExpressions[0].values == ["V100M16", "V100M32"])
        #expect(try plan("{format: openb, file: p.csv, shares: skip}", files).jobs.map(\.key.name) == ["a"])
        let paced = try plan("{format: openb, file: p.csv, pace: {every: 1s, runTime: 1h}}", files)
        #expect(paced.jobs.map(\.key.name) == ["a", "b", "c"])
        #expect(paced.jobs.map(\.submitted) == [0, 1_000, 2_000])
        #expect(paced.jobs.allSatisfy { $0.runTime == 3_600_000 })
    }

    @Test("a paced list may be shuffled: by the seed, and before it is cut") func shuffled() throws {
        let names = (0..<40).map { "task-\($0)" }
        let rows = names.map { "\($0),1000,1024,0,0,,LS,Running,0,10,0\n" }
        let files = [
            "dir/p.csv": "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,"
                + "deletion_time,scheduled_time\n" + rows.joined()
        ]
        func jobs(_ limit: Int, seed: UInt64) throws -> [SimulatedJob] {
            try plan(
                "{format: openb, file: p.csv, limit: \(limit), pace: {every: 1s, runTime: 1h, order: shuffled}}",
                files, seed: seed
            ).jobs
        }
        let first = try jobs(40, seed: 1)
        #expect(first.map(\.submitted) == (0..<40).map { $0 * 1_000 })
        #expect(first.map(\.key.name) != names && Set(first.map(\.key.name)) == Set(names))
        #expect(try jobs(40, seed: 1).map(\.key.name) == first.map(\.key.name))
        #expect(try jobs(40, seed: 2).map(\.key.name) != first.map(\.key.name))
        #expect(try jobs(5, seed: 1).map(\.key.name) == first.prefix(5).map(\.key.name))
    }

    @Test("a pace is of openb, and says both times") func paceMistakes() throws {
        func complaint(_ trace: String) -> [String] {
            complaints(
                heading + "workload: {traces: [\(trace)]}\n",
                files: MemoryFiles(files: ["p.csv": Self.philly]))
        }
        #expect(
            complaint("{format: philly, file: p.csv, pace: {every: 1s, runTime: 1h}}").contains {
                $0.contains("expected it only where the format is openb")
            })
        #expect(
            complaint("{format: openb, file: p.csv, pace: {every: 1s}}").contains {
                $0.contains("runTime: found nothing, expected a duration")
            })
    }

    @Test("arrivals are as dense as a trace's") func likeTrace() throws {
        let text =
            heading + """
                duration: 14d
                workload:
                  generators:
                  - name: g
                    arrivals: {likeTrace: {format: philly, file: p.csv, week: 2017-W42, step: 1d, every: 1m}}
                    gpus: 1
                    runTime: 1m
                """
        let plan = try makePlan(text, files: MemoryFiles(files: ["dir/p.csv": Self.philly]))
        let days = Dictionary(grouping: plan.jobs) { $0.submitted / 86_400_000 }.mapValues(\.count)
        #expect(days.keys.sorted() == [0, 6, 7, 13])
        #expect(abs(plan.jobs.count - 20_160) < 600)
    }
}
