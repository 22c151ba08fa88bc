import Dispatch
import Foundation
import Synchronization

/// The program behind `make bench-e2e` and `make demo`.
enum LoadProgram {
    /// Runs it, until it is done or SIGINT or SIGTERM comes; the scheduler that it started ends with it.
    ///
    /// - Returns: The exit code.
    static func run(_ words: [String]) -> Int32 {
        let done = DispatchSemaphore(value: 0)
        let outcome = Mutex<Int32>(0)
        let task = Task.detached {
            let code = await work(words)
            outcome.withLock { $0 = code }
            done.signal()
        }
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { task.cancel() }
            source.resume()
            return source
        }
        done.wait()
        for source in sources { source.cancel() }
        return outcome.withLock { $0 }
    }

    private static func work(_ words: [String]) async -> Int32 {
        do {
            let options = try LoadOptions(words)
            let cluster = try LoadedCluster(
                kubeconfig: options.kubeconfig, connections: options.connections)
            switch options.task {
            case .bench: try await LoadBench(options: options, cluster: cluster).run()
            case .demo: try await Demo(options: options, cluster: cluster).run()
            }
            return 0
        } catch let error as UsageError {
            say("gangwright-load: \(error)\n\n\(LoadOptions.usage)")
            return 2
        } catch {
            if Task.isCancelled { return 0 }
            say("gangwright-load: \(error)")
            return 3
        }
    }

    private static func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
