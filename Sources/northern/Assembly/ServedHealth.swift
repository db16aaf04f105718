import Domain
import Gateway
import Web

/// How the event loops see the endpoints at this moment.
struct ServedHealth: EndpointHealthReader {
    let server: GatewayServer

    func endpointHealth() async throws -> [EndpointHealth] { try await server.endpointHealth() }
}
