import ArgumentParser
import Foundation
import NIOPosix
import ProviderSimulator
import Wire

struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a simulated provider: all providers' wires on one port of this machine.")

    @Option(help: "The address it listens at.") var host = "127.0.0.1"
    @Option(help: "The port. 0: any that is free.") var port = 9101
    @Option(help: "The credential it demands.") var key = "sim"
    @Option(name: .customLong("model"), help: "A model it serves. sim-basic and sim-vision unless given.")
    var models: [String] = []
    @Flag(help: "Serve every model.") var anyModel = false
    @Flag(help: "Refuse what the providers would refuse.") var strict = false
    @Option(help: "The region it says it is in.") var region = "ca-sim-1"
    @Option(help: "How many of the last requests /__sim/requests tells, to callers on this machine.")
    var record = 100
    @Option(name: .long, help: "For how many seconds the tokens and temporary keys are good that it issues.")
    var tokenLifetime = 3600
    @Option(name: .long, help: "Write a JSON object with the address to this file once it listens.")
    var readyFile: String?

    func run() async throws {
        try await explaining {
            var settings = SimulatorSettings()
            settings.key = key
            settings.strict = strict
            settings.region = region
            settings.record = max(0, record)
            settings.tokenLifetime = tokenLifetime
            if anyModel { settings.models = .any } else if !models.isEmpty { settings.models = .listed(models) }
            let simulator = try await ProviderSimulator.start(
                settings, host: host, port: port, group: MultiThreadedEventLoopGroup(numberOfThreads: 1))
            print("Simulated providers on \(simulator.url) (key '\(key)')")
            if let readyFile {
                let ready: JSON = [
                    "url": .string(simulator.url), "pid": JSON(Int(ProcessInfo.processInfo.processIdentifier)),
                ]
                try writeWhole(ready.text() + "\n", to: readyFile)
            }
            // Until the process is told to end.
            try await Task.sleep(for: .seconds(1 << 31))
        }
    }
}
