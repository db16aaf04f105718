import Domain
import Pipeline
import Providers
import Testing
import Wire

/// Drives an exchange as the gateway does, without a socket. Each call is a millisecond after the one before.
final class ExchangeLife {
    var exchange: Exchange
    /// What the caller has been sent, or would be sent next.
    private(set) var out: [UInt8] = []
    private(set) var steps: [String] = []
    private(set) var ending: Ending?
    let body: [UInt8]
    /// How often a translation has asked for the body's text.
    private(set) var readCount = 0
    private var clock: Timestamp
    let snapshot: ServingSnapshot

    static let id = RequestID(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210)

    /// - Parameter seconds: how much later than others it begins.
    init(
        _ body: String, in snapshot: ServingSnapshot, key: APIKey = PipelineFixture.key(),
        codec: any ChatCodec = OpenAIChatCodec(), contentKey: ContentDigestKey? = nil, after seconds: Int64 = 0
    ) {
        self.body = Array(body.utf8)
        self.snapshot = snapshot
        clock = Timestamp(seconds: 1_795_414_200 + seconds)
        exchange = Exchange(
            id: Self.id, key: key, policy: "sha256:p", surface: "chat.completions", codec: codec,
            language: .english, snapshot: snapshot, requestBytes: body.utf8.count,
            digests: contentKey.flatMap { $0.digests(of: Array(body.utf8)) }, contentKey: contentKey, at: clock)
    }

    var text: String { String(decoding: out, as: UTF8.self) }
    var record: CustodyRecord { exchange.record }

    func prepare(_ demands: CallerDemands = CallerDemands()) throws(GatewayError) {
        try body.withUnsafeBytes { buffer in
            Result { () throws(GatewayError) in
                try exchange.prepare(buffer, demands: demands, on: PipelineFixture.today)
            }
        }.get()
    }

    /// Sends to the next route, whichever wire it has.
    @discardableResult
    func send() throws(GatewayError) -> Dispatch {
        let now = tick()
        return try body.withUnsafeBytes { buffer in
            Result { () throws(GatewayError) in
                switch try exchange.send(buffer, at: now) {
                case .ready(let dispatch): dispatch
                case .work(.translation(let work)): exchange.send(try work.run(on: self), at: now)
                case .work(.signing(let work)):
                    exchange.send(work.run { range, use in use(buffer[rebasing: range]) }, at: now)
                }
            }
        }.get()
    }

    /// What goes over the wire to an upstream.
    func sent(_ dispatch: Dispatch) -> (head: String, body: String) {
        var bytes: [UInt8] = []
        switch dispatch.request.body {
        case .bytes(let all): bytes = all
        case .spliced(let splice):
            for segment in splice.segments {
                switch segment {
                case .original(let range): bytes += body[range]
                case .inserted(let inserted): bytes += inserted
                }
            }
        }
        #expect(bytes.count == dispatch.request.body.count)
        return (String(decoding: dispatch.request.head, as: UTF8.self), String(decoding: bytes, as: UTF8.self))
    }

    func connected(to address: String = "192.0.2.1:443") { exchange.connected(to: address) }

    func received(head status: Int, _ fields: [(String, String)] = []) {
        exchange.received(ReplyHead(status: status, fields: fields))
    }

    @discardableResult
    func received(_ text: String) -> String { received(Array(text.utf8)) }

    @discardableResult
    func received(_ bytes: [UInt8]) -> String {
        let now = tick()
        return note(bytes.withUnsafeBytes { exchange.received($0, into: &out, at: now) })
    }

    @discardableResult
    func ended() -> String {
        let now = tick()
        return note(exchange.ended(into: &out, at: now))
    }

    @discardableResult
    func failed(_ cause: UpstreamFault.Cause = .connection, stale: Bool = false) -> String {
        let now = tick()
        let fault = UpstreamFault(cause, status: 502, message: "It broke.")
        return note(exchange.failed(fault, stale: stale, into: &out, at: now))
    }

    func ping() { exchange.ping(into: &out) }

    func refused(_ error: GatewayError) {
        let now = tick()
        ending = exchange.refused(error, at: now)
    }

    func refusedUnrecorded() {
        let now = tick()
        ending = exchange.refusedUnrecorded(at: now)
    }

    func cancelled() throws -> JSON {
        let now = tick()
        return try JSON(parsing: exchange.cancelled(at: now).json)
    }

    /// The closed record.
    func closed() throws -> JSON { try JSON(parsing: try #require(ending).entry.json) }

    private func tick() -> Timestamp {
        clock = Timestamp(microseconds: clock.microseconds + 1_000)
        return clock
    }

    private func note(_ step: Step) -> String {
        if case .finish(let ending) = step { self.ending = ending }
        steps.append(step.name)
        return step.name
    }
}

extension ExchangeLife: WholeText {
    func withWhole<T, Failure: Error>(
        _ use: (UnsafeRawBufferPointer) throws(Failure) -> T
    ) throws(Failure) -> T {
        readCount += 1
        return try body.withUnsafeBytes { buffer in Result { () throws(Failure) in try use(buffer) } }.get()
    }
}

extension Step {
    fileprivate var name: String {
        switch self {
        case .wait: "wait"
        case .begin: "begin"
        case .proceed: "proceed"
        case .sendAgain(let wait): wait > .zero ? "wait and send again" : "send again"
        case .pack: "pack"
        case .finish(let ending): "finish " + ending.name
        }
    }
}

extension Ending {
    /// The kind, and the code of its error.
    var name: String {
        switch kind {
        case .whole: "whole"
        case .stream: "stream"
        case .error(let error): "error \(error.code.rawValue)"
        case .brokenStream(let error): "broken stream \(error.code.rawValue)"
        }
    }
}

extension ContentDigestKey {
    fileprivate func digests(of body: [UInt8]) -> ContentDigests? {
        var digester = digester()
        body.withUnsafeBytes { digester.add($0) }
        return digester.digest().map { ContentDigests(key: fingerprint, request: $0) }
    }
}
