import NIOCore
import NIOHTTP1

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Plays the steps of one answer on a connection.
final class StepPlayer {
    private var steps: ArraySlice<Step>
    private let gates: Gates
    private let version: HTTPVersion
    private var timer: Scheduled<Void>?
    private var isHeldBack = false
    /// Called once, and taken away then.
    private var ended: ((Ledger.Ending) -> Void)?

    init(_ steps: [Step], _ gates: Gates, version: HTTPVersion, ended: @escaping (Ledger.Ending) -> Void) {
        self.steps = steps[...]
        self.gates = gates
        self.version = version
        self.ended = ended
    }

    /// Plays on until there is something to wait for.
    func play(_ context: ChannelHandlerContext) {
        while ended != nil, let step = steps.popFirst() {
            guard goesOn(after: step, context) else { return }
        }
    }

    func writabilityChanged(_ context: ChannelHandlerContext) {
        guard isHeldBack, context.channel.isWritable else { return }
        isHeldBack = false
        play(context)
    }

    func connectionClosed() {
        timer?.cancel()
        end(.clientAbort)
    }

    private func end(_ ending: Ledger.Ending) {
        let ended = ended
        self.ended = nil
        ended?(ending)
    }

    private func goesOn(after step: Step, _ context: ChannelHandlerContext) -> Bool {
        switch step {
        case .head(let status, let headers, let length):
            context.write(part(.head(head(status, headers, length))), promise: nil)
            return true
        case .bytes(let bytes):
            return write(bytes, context)
        case .wait(let milliseconds):
            context.flush()
            timer = context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(milliseconds))) {
                self.play(context)
            }
        case .gate(let name):
            context.flush()
            wait(at: name, context)
        case .stall:
            context.flush()
        case .reset:
            reset(context)
        case .end:
            finish(context)
        }
        return false
    }

    private func part(_ part: HTTPServerResponsePart) -> NIOAny { NIOAny(part) }

    /// Each step's bytes go out by themselves; the last ones together with the end.
    private func write(_ bytes: [UInt8], _ context: ChannelHandlerContext) -> Bool {
        context.write(part(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
        if steps.first == .end { return true }
        context.flush()
        isHeldBack = !context.channel.isWritable
        return !isHeldBack
    }

    private func wait(at gate: String, _ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((player: self, context: context), eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        gates.pass(gate) {
            eventLoop.execute { bound.value.player.play(bound.value.context) }
        }
    }

    /// Closes without the usual farewell: a socket that must not linger sends a reset.
    private func reset(_ context: ChannelHandlerContext) {
        context.flush()
        end(.broken)
        guard let socket = context.channel as? any SocketOptionProvider else {
            context.close(promise: nil)
            return
        }
        socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }

    private func finish(_ context: ChannelHandlerContext) {
        context.writeAndFlush(part(.end(nil))).assumeIsolated().whenComplete { result in
            if case .success = result { self.end(.completed) } else { self.end(.clientAbort) }
        }
    }

    private func head(_ status: Int, _ fields: HeaderFields, _ length: Int?) -> HTTPResponseHead {
        var headers = HTTPHeaders()
        for field in fields.fields { headers.add(name: field.name, value: Self.printable(field.value)) }
        if let length { headers.add(name: "content-length", value: String(length)) }
        return HTTPResponseHead(version: version, status: HTTPResponseStatus(statusCode: status), headers: headers)
    }

    /// Some values come out of a request's text, which must not end a header line.
    private static func printable(_ value: String) -> String {
        String(value.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F })
    }
}
