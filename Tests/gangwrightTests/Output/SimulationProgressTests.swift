import Simulation
import Testing

@testable import gangwright

@Suite("A terminal is told how far a simulation is") struct SimulationProgressTests {
    private func progress(_ time: Int64, of duration: Int64?, jobs: Int = 0) -> SimulationEngine.Progress {
        SimulationEngine.Progress(time: time, duration: duration, submitted: jobs, jobs: 200)
    }

    @Test("one run by its virtual time, or by its jobs where its end is not known") func one() {
        let hour: Int64 = 3_600_000
        #expect(
            SimulationProgress.text(runs: 1, finished: 0, [progress(52 * hour, of: 168 * hour)])
                == "30 %: 2d 4h of 7d")
        #expect(
            SimulationProgress.text(runs: 1, finished: 0, [progress(hour / 2, of: nil, jobs: 50)])
                == "25 %: 30m, 50 of 200 jobs submitted")
    }

    @Test("several runs by those that are done, and how far the others are") func several() {
        #expect(
            SimulationProgress.text(runs: 10, finished: 3, [progress(30, of: 60), progress(0, of: 60)])
                == "3 of 10 runs, 35 %")
        #expect(SimulationProgress.text(runs: 1, finished: 1, []) == "1 of 1 run, 100 %")
    }
}
