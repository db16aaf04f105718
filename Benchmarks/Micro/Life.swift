import Pipeline
import Providers
import Wire

/// Drives an exchange as the gateway does, without a socket.
final class Life {
    var exchange: Exchange
    private let body: [UInt8]
    private var out: [UInt8] = []

    init(of body: [UInt8], in house: House, engine: SubstitutionEngine? = nil) {
        self.body = body
        exchange = house.exchange(body, engine: engine)
    }

    /// - Returns: how many bytes the body has with its stand-ins.
    func substitute() throws -> Int {
        try body.withUnsafeBytes { bytes in
            try exchange.prepare(bytes, demands: CallerDemands(), on: House.today)
            let work = try exchange.takeSubstitution().orTrouble("work of substitution")
            return try work.run(on: WholeBody(bytes), with: .none).body.orTrouble("stand-in").count
        }
    }

    /// - Returns: how many bytes leave.
    @discardableResult
    func send() throws -> Int {
        try body.withUnsafeBytes { bytes in
            try exchange.prepare(bytes, demands: CallerDemands(), on: House.today)
            let dispatch =
                switch try exchange.send(bytes, at: House.now) {
                case .ready(let dispatch): dispatch
                case .work(.translation(let work)): exchange.send(try work.run(on: WholeBody(bytes)), at: House.now)
                case .work(.signing(let work)):
                    exchange.send(work.run { range, use in use(bytes[rebasing: range]) }, at: House.now)
                }
            exchange.connected(to: "192.0.2.1:443")
            return dispatch.request.body.count
        }
    }

    /// - Returns: the closed record.
    func receive(_ reply: [UInt8]) throws -> Ending {
        exchange.received(ReplyHead(status: 200, fields: [("x-request-id", "req_0123456789abcdef")]))
        _ = reply.withUnsafeBytes { exchange.received($0, into: &out, at: House.now) }
        guard case .finish(let ending) = exchange.ended(into: &out, at: House.now) else {
            throw Trouble("a reply that has come isn't over")
        }
        return ending
    }
}

private struct WholeBody: WholeText {
    private let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    func withWhole<T, Failure: Error>(
        _ use: (UnsafeRawBufferPointer) throws(Failure) -> T
    ) throws(Failure) -> T { try use(bytes) }
}
