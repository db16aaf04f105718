import Gateway
import Logging
import ServiceLifecycle
import Storage

/// Brings mappings to the event loops that requests on other nodes have changed.
struct MappingWatcher: Service {
    let store: Store
    let server: GatewayServer
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            // What has changed between the reading of the loops and now isn't known: the first time all are told.
            var seen: Int?
            while true {
                try await Task.sleep(for: .milliseconds(500))
                do {
                    let revision = try store.mappingRevision()
                    if revision != seen { try publish() }
                    seen = revision
                } catch {
                    logger.error("The mappings could not be read again", metadata: ["error": "\(error)"])
                }
            }
        }
    }

    private func publish() throws {
        for loop in server.loops {
            let (mappings, revision) = try store.allMappings()
            loop.change { $0.replace(allMappings: mappings, asOf: revision) }
        }
    }
}
