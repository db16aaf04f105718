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
        case (.billingModels, _):
            let pairs = loop.snapshot.catalog.routes.map { ($0, loop.snapshot.binding(for: $0)?.facts) }
            connection.reply(CatalogListing.billing(pairs), to: request)
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

/// A custody record, read back by the organization that it belongs to.
final class CustodyAnswer: Answer {
    private let id: String
    private let request: InboundRequest
    private let connection: ClientConnection
    private var hasCaller = true

    init(_ id: String, _ request: InboundRequest, connection: ClientConnection) {
        self.id = id
        self.request = request
        self.connection = connection
    }

    /// The archive waits for the disk, so it is asked on another thread.
    func start() {
        guard let id = RequestID(hex: id), let key = request.key else {
            return connection.reply(.recordNotFound, to: request)
        }
        let loop = connection.loop
        let archive = loop.archive
        let organization = key.organization
        let this = NIOLoopBound(self, eventLoop: loop.eventLoop)
        loop.threads.submit { _ in
            let result = Result { try archive.record(id, of: organization) }
            this.eventLoop.execute { this.value.found(result) }
        }
    }

    private func found(_ result: Result<[UInt8]?, any Error>) {
        guard hasCaller else { return }
        switch result {
        case .success(let record?): connection.reply(record, to: request)
        case .success(nil): connection.reply(.recordNotFound, to: request)
        case .failure(let error):
            connection.loop.logger.error("A custody record could not be read", metadata: ["error": "\(error)"])
            connection.reply(.custodyUnavailable, to: request)
        }
    }

    func callerLeft() {
        hasCaller = false
        connection.loop.counters.activeRequests -= 1
    }
}

extension ClientConnection {
    /// A whole reply of JSON text.
    func reply(_ json: [UInt8], to request: InboundRequest) {
        var buffer = loop.allocator.buffer(capacity: json.count + 256)
        let head = OutboundHead(status: 200, lines: request.idLines, keepsAlive: keepsAlive(after: request))
        head.write(length: json.count, to: &buffer)
        if request.head?.method != .head { buffer.writeBytes(json) }
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
