import Domain
import Logging
import NIOCore
import NIOPosix
import Wire

/// What is read back from custody: records, receipts, and the public log. The archive waits for the disk, so it is asked on
/// another thread, and what it gives is rendered there too.
final class ArchiveAnswer: Answer {
    enum Question: Sendable {
        case record(RequestID)
        case receipt(RequestID)
        case records(CustodyQuery)
        case export(CustodyQuery)
        case usage(UsageRequest)
        case checkpoint
        case tile(String)
        case logKeys
    }

    private enum Outcome: Sendable {
        case found(Found)
        case refused(GatewayError)
        /// It will be there soon.
        case notYet
    }

    private struct Found: Sendable {
        var body: [UInt8]
        var contentType: StaticString = "application/json"
        var lines: StaticString = ""
        /// What the file is called when it is saved.
        var fileName: String?
    }

    private let question: Question
    private let request: InboundRequest
    private let connection: ClientConnection
    private var hasCaller = true
    /// How often it was asked for what isn't there yet.
    private var waits = 0

    /// A checkpoint comes once a second.
    private static let pause = TimeAmount.milliseconds(250)
    private static let mostWaits = 20

    init(_ question: Question, _ request: InboundRequest, connection: ClientConnection) {
        self.question = question
        self.request = request
        self.connection = connection
    }

    func start() {
        let loop = connection.loop
        let source = Source(archive: loop.archive, log: loop.log, organization: request.key?.organization)
        let question = question
        let this = NIOLoopBound(self, eventLoop: loop.eventLoop)
        loop.threads.submit { _ in
            let result = Result { try source.answer(question) }
            this.eventLoop.execute { this.value.answered(result) }
        }
    }

    private func answered(_ result: Result<Outcome, any Error>) {
        guard hasCaller else { return }
        switch result {
        case .success(.found(let found)): reply(found)
        case .success(.refused(let error)): refuse(error)
        case .success(.notYet) where waits < Self.mostWaits:
            waits += 1
            connection.loop.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
                if self.hasCaller { self.start() }
            }
        case .success(.notYet): connection.reply(.custodyUnavailable, to: request)
        case .failure(let error):
            connection.loop.logger.error("The custody archive could not be read", metadata: ["error": "\(error)"])
            connection.reply(.custodyUnavailable, to: request)
        }
    }

    /// What the log doesn't have yet it may have soon, so nobody may keep that it hasn't.
    private func refuse(_ error: GatewayError) {
        var lines = request.idLines
        lines.append("cache-control: no-store\r\n")
        connection.reply(error, to: request, lines: lines)
    }

    private func reply(_ found: Found) {
        var lines = request.idLines
        lines.append(found.lines)
        if let name = found.fileName { lines.append(text: "content-disposition: attachment; filename=\"\(name)\"\r\n") }
        connection.reply(found.body, contentType: found.contentType, lines: lines, to: request)
    }

    func callerLeft() {
        hasCaller = false
        connection.loop.counters.activeRequests -= 1
    }

    /// What is asked, on whichever thread.
    private struct Source: Sendable {
        let archive: any CustodyArchive & UsageReader
        let log: any PublishedLog
        /// Nil where nobody's records are asked for.
        let organization: OrganizationID?

        func answer(_ question: Question) throws -> Outcome {
            switch question {
            case .record(let id): try record(id)
            case .receipt(let id): try receipt(id)
            case .records(let query): try records(query)
            case .export(let query): try export(query)
            case .usage(let request): try usage(request)
            case .checkpoint: try checkpoint()
            case .tile(let path): try tile(path)
            case .logKeys: .found(Found(body: CustodyText.keys(try log.identity()), lines: CachePolicy.minute))
            }
        }

        private func record(_ id: RequestID) throws -> Outcome {
            guard let organization, let record = try archive.record(id, of: organization) else {
                return .refused(.recordNotFound)
            }
            return .found(Found(body: CustodyText.record(record)))
        }

        private func records(_ query: CustodyQuery) throws -> Outcome {
            guard let organization else { return .refused(.recordNotFound) }
            return .found(Found(body: CustodyText.page(try archive.records(query, of: organization))))
        }

        private func receipt(_ id: RequestID) throws -> Outcome {
            guard let organization else { return .refused(.recordNotFound) }
            switch try archive.receipt(id, of: organization) {
            case .file(let file)?:
                return .found(
                    Found(body: file, contentType: "text/plain; charset=utf-8", fileName: "\(id.hex).tlog-proof"))
            case .open?: return .refused(.recordOpen)
            case .unlogged?: return .refused(.recordUnlogged)
            case .unpublished?: return .notYet
            case nil: return .refused(.recordNotFound)
            }
        }

        private func export(_ query: CustodyQuery) throws -> Outcome {
            guard let organization else { return .refused(.recordNotFound) }
            guard let export = try archive.export(query, of: organization) else { return .notYet }
            return .found(Found(body: CustodyText.export(export), contentType: "application/x-ndjson"))
        }

        private func usage(_ request: UsageRequest) throws -> Outcome {
            guard let organization else { return .refused(.recordNotFound) }
            let rows: [ConvertedUsage]
            do { rows = try self.rows(request, of: organization) } catch let error as GatewayError {
                return .refused(error)
            }
            return switch request.format {
            case .json: .found(Found(body: UsageText.json(rows, of: request, organization)))
            case .ndjson: .found(Found(body: UsageText.ndjson(rows), contentType: "application/x-ndjson"))
            case .csv:
                .found(
                    Found(
                        body: UsageText.csv(rows, of: request), contentType: "text/csv; charset=utf-8",
                        fileName: "usage.csv"))
            }
        }

        private func rows(_ request: UsageRequest, of organization: OrganizationID) throws -> [ConvertedUsage] {
            guard request.currency == .canadianDollar else {
                return try archive.usage(request.query, of: organization).map(ConvertedUsage.init)
            }
            var daily = request.query
            daily.dimensions.insert(.day)
            return try ConvertedUsage.rows(
                try archive.usage(daily, of: organization),
                ExchangeRates(try archive.exchangeRates(on: daily.days)),
                byDay: request.query.dimensions.contains(.day))
        }

        private func checkpoint() throws -> Outcome {
            guard let note = try log.checkpoint() else { return .refused(.logFileNotFound) }
            return .found(
                Found(body: Array(note.utf8), contentType: "text/plain; charset=utf-8", lines: CachePolicy.second))
        }

        private func tile(_ path: String) throws -> Outcome {
            guard let bytes = try log.tile(path) else { return .refused(.logFileNotFound) }
            return .found(
                Found(body: bytes, contentType: "application/octet-stream", lines: CachePolicy.forever))
        }
    }

    /// Of what everybody may see, also scripts of other pages.
    private enum CachePolicy {
        static let second: StaticString = "cache-control: max-age=1\r\naccess-control-allow-origin: *\r\n"
        static let minute: StaticString = "cache-control: max-age=60\r\naccess-control-allow-origin: *\r\n"
        static let forever: StaticString =
            "cache-control: public, max-age=31536000, immutable\r\naccess-control-allow-origin: *\r\n"
    }
}
