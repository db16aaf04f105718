import Domain
import Logging
import NIOCore
import NIOPosix
import Pipeline
import Routing
import Wire

/// The catalogue: `/v1/models`, `/v1/models/{id}` and `/api/billing/models`.
final class CatalogAnswer: Answer {
    private let request: InboundRequest
    private let connection: ClientConnection

    init(_ request: InboundRequest, connection: ClientConnection) {
        self.request = request
        self.connection = connection
    }

    func start() {
        let loop = connection.loop
        let today = request.receivedAt.date
        switch (request.surface, request.key) {
        case (.billingModels, _): connection.reply(loop.billingListing, to: request)
        case (.models, let key?):
            connection.reply(CatalogListing.models(loop.snapshot.catalog.routes(for: key, on: today)), to: request)
        case (.model(let id), let key?):
            do throws(GatewayError) {
                let catalog = loop.snapshot.catalog
                let route = try catalog.route(for: id, key: key, on: today)
                _ = try key.clearance(for: route, demanding: nil, in: catalog, on: today)
                connection.reply(CatalogListing.model(route), to: request)
            } catch {
                connection.reply(error, to: request)
            }
        default: connection.reply(.notFound, to: request)
        }
    }

    func callerLeft() { connection.loop.counters.activeRequests -= 1 }
}

extension ClientConnection {
    /// A whole reply, of JSON text unless it is said to be something else.
    func reply(
        _ body: [UInt8], contentType: StaticString = "application/json", lines: [UInt8]? = nil,
        to request: InboundRequest
    ) {
        var buffer = loop.allocator.buffer(capacity: body.count + 512)
        let head = OutboundHead(
            status: 200, contentType: contentType, lines: lines ?? request.idLines,
            keepsAlive: keepsAlive(after: request))
        head.write(length: body.count, to: &buffer)
        if request.head?.method != .head { buffer.writeBytes(body) }
        write(buffer)
        loop.counters.replies[200, default: 0] += 1
        answered(request)
    }

    func reply(_ error: GatewayError, to request: InboundRequest, lines: [UInt8]? = nil) {
        write(errorReply(error, request, lines: lines ?? request.idLines))
        loop.counters.replies[error.status, default: 0] += 1
        answered(request)
    }
}
