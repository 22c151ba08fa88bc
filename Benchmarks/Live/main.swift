import Dispatch
import Foundation

// The process ends by Ctrl-C, and takes the scheduler that it started with it.
do {
    let options = try LoadOptions(Array(CommandLine.arguments.dropFirst()))
    let cluster = try LoadedCluster(kubeconfig: options.kubeconfig, connections: options.connections)
    let work = Task {
        switch options.task {
        case .bench: try await LoadBench(options: options, cluster: cluster).run()
        case .demo: try await Demo(options: options, cluster: cluster).run()
        }
    }
    let sources = [SIGINT, SIGTERM].map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { work.cancel() }
        source.resume()
        return source
    }
    do { try await work.value } catch {
        if !work.isCancelled { throw error }
    }
    withExtendedLifetime(sources) {}
} catch let error as UsageError {
    FileHandle.standardError.write(Data("gangwright-load: \(error)\n\n\(LoadOptions.usage)\n".utf8))
    exit(2)
} catch {
    FileHandle.standardError.write(Data("gangwright-load: \(error)\n".utf8))
    exit(3)
}
