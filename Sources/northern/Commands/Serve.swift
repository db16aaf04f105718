import ArgumentParser
import Foundation
import Gateway
import Logging
import Storage
import Wire

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serve callers until told to stop.")

    @OptionGroup var options: ConfigurationOptions

    @Option(name: .long, help: "Write a JSON object with the addresses to this file once everything listens.")
    var readyFile: String?

    func run() async throws {
        try await explaining {
            let source = try options.source()
            let configuration = try await source.load()
            let gateway = try await RunningGateway.start(configuration, load: source.load)
            let logger = gateway.logger
            let adminScheme = configuration.listen.adminCertificate == nil ? "http" : "https"
            let scheme = configuration.listen.certificate == nil ? "http" : "https"
            let baseURL = "\(scheme)://\(configuration.host):\(gateway.server.port)"
            let readyFile = readyFile
            let claim = try gateway.store.makeClaim(keepsOld: true).map { ClaimLink($0, at: baseURL) }
            try await gateway.run { adminPort in
                claim?.show()
                logger.notice("Serving", metadata: ["url": "\(baseURL)", "admin": "\(adminPort)"])
                guard let readyFile else { return }
                let ready: JSON = [
                    "base_url": .string(baseURL),
                    "admin_url": .string("\(adminScheme)://\(configuration.adminHost):\(adminPort)"),
                    "pid": JSON(Int(ProcessInfo.processInfo.processIdentifier)),
                    "data_directory": .string(configuration.dataDirectory),
                ]
                do { try writeWhole(ready.text() + "\n", to: readyFile) } catch {
                    logger.error("The ready file could not be written", metadata: ["path": "\(readyFile)"])
                }
            }
        }
    }
}
