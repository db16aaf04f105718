import Gateway
import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A caller on a bare connection: it sees the bytes, their order and the connection's end, which HTTP clients hide.
///
/// Nothing waits forever: after some minutes the connection is closed, and whatever waits throws ``TimedOut``.
final class TestClient {
    private let channel: any Channel
    private let received: AsyncThrowingStream<[UInt8], any Error>
    private var buffer: [UInt8] = []
    private var position = 0
    private var framing = Framing.none
    private var partialEvent: [UInt8] = []

    struct TimedOut: Error {}
    struct Ended: Error {}

    private enum Framing {
        case none
        case fixed(remaining: Int)
        case chunked
        case untilClose
    }

    private init(_ channel: any Channel, _ received: AsyncThrowingStream<[UInt8], any Error>) {
        self.channel = channel
        self.received = received
    }

    static func connect(to gateway: TestGateway, patience: TimeAmount = .seconds(300)) async throws -> TestClient {
        try await connect(to: gateway.server.port, patience: patience)
    }

    private static func connect(to port: Int, patience: TimeAmount) async throws -> TestClient {
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self, throwing: (any Error).self)
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                let timer = channel.eventLoop.scheduleTask(in: patience) {
                    continuation.finish(throwing: TimedOut())
                    channel.close(promise: nil)
                }
                channel.closeFuture.whenComplete { _ in timer.cancel() }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(continuation))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return TestClient(channel, stream)
    }

    // MARK: Sending

    func send(_ call: TestCall) async throws { try await send(call.bytes) }
    func send(_ text: String) async throws { try await send(Array(text.utf8)) }
    func send(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }

    /// Sends without caring whether anybody reads: whoever refuses a request early needn't take the rest.
    func trySending(_ bytes: [UInt8]) { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }

    /// Goes away, whatever is still to come.
    func leave() { channel.close(promise: nil) }

    // MARK: Receiving

    /// The next reply, whole.
    func reply(hasBody: Bool = true) async throws -> TestReply {
        var reply = try await head(hasBody: hasBody)
        while let piece = try await bodyPiece() { reply.body += piece }
        return reply
    }

    /// The head of the next reply; its body is left to be read.
    func head(hasBody: Bool = true) async throws -> TestReply {
        var lines: [String] = []
        while let line = try await self.line(), !line.isEmpty { lines.append(line) }
        guard let first = lines.first else { throw Ended() }
        let status = first.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            let value = parts.count == 2 ? parts[1].drop { $0 == " " } : ""
            return (name: parts[0].lowercased(), value: String(value))
        }
        let reply = TestReply(status: status, headers: headers)
        framing = hasBody && status >= 200 ? Self.framing(of: reply) : .none
        return reply
    }

    private static func framing(of reply: TestReply) -> Framing {
        if reply["transfer-encoding"] == "chunked" { return .chunked }
        if let length = reply["content-length"].flatMap({ Int($0) }) { return .fixed(remaining: length) }
        return .untilClose
    }

    /// The data of the next event of a stream, comments left out; nil at the end of the stream.
    func event() async throws -> String? {
        while true {
            let text = String(decoding: partialEvent, as: UTF8.self)
            if let end = text.firstRange(of: "\n\n") {
                partialEvent = Array(text[end.upperBound...].utf8)
                let block = text[..<end.lowerBound]
                if block.hasPrefix("data: ") { return String(block.dropFirst(6)) }
            } else {
                guard let piece = try await bodyPiece() else { return nil }
                partialEvent += piece
            }
        }
    }

    /// Some more text of a body, as it comes.
    func nextBytes() async throws -> String {
        guard let piece = try await bodyPiece() else { throw Ended() }
        return String(decoding: piece, as: UTF8.self)
    }

    /// What the stream says from here on.
    func rest() async throws -> TestReply {
        var reply = TestReply(status: 200, headers: [], body: partialEvent)
        partialEvent = []
        while let piece = try await bodyPiece() { reply.body += piece }
        return reply
    }

    /// Reads until the other side closes, and returns what came.
    func untilEnd() async throws -> String {
        do {
            while try await more() {}
        } catch let error as IOError where error.errnoCode == ECONNRESET {
            // A reset is an end, too.
        }
        defer { position = buffer.count }
        return String(decoding: buffer[position...], as: UTF8.self)
    }

    // MARK: Bytes

    private func more() async throws -> Bool {
        for try await bytes in received {
            if position == buffer.count {
                buffer.removeAll(keepingCapacity: true)
                position = 0
            }
            buffer += bytes
            return true
        }
        return false
    }

    private func line() async throws -> String? {
        var searched = position
        while true {
            if let end = buffer[searched...].firstIndex(of: 0x0A) {
                defer { position = end + 1 }
                return String(decoding: buffer[position..<(end - 1)], as: UTF8.self)
            }
            searched = buffer.count
            let before = position
            guard try await more() else { return nil }
            if position != before { searched = 0 }
        }
    }

    private func take(upTo count: Int) async throws -> [UInt8]? {
        if position == buffer.count { guard try await more() else { return nil } }
        let end = min(buffer.count, position + count)
        defer { position = end }
        return Array(buffer[position..<end])
    }

    private func bodyPiece() async throws -> [UInt8]? {
        switch framing {
        case .none: return nil
        case .untilClose: return try await take(upTo: .max - position)
        case .fixed(let remaining):
            guard remaining > 0 else { return nil }
            guard let piece = try await take(upTo: remaining) else { throw Ended() }
            framing = .fixed(remaining: remaining - piece.count)
            return piece
        case .chunked: return try await chunk()
        }
    }

    /// One whole chunk.
    private func chunk() async throws -> [UInt8]? {
        guard let size = try await line().flatMap({ Int($0, radix: 16) }) else { throw Ended() }
        var chunk: [UInt8] = []
        while chunk.count < size {
            guard let piece = try await take(upTo: size - chunk.count) else { throw Ended() }
            chunk += piece
        }
        guard try await line() == "" else { throw Ended() }
        guard size > 0 else {
            framing = .none
            return nil
        }
        return chunk
    }

    private final class Collector: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        private let continuation: AsyncThrowingStream<[UInt8], any Error>.Continuation

        init(_ continuation: AsyncThrowingStream<[UInt8], any Error>.Continuation) { self.continuation = continuation }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            continuation.yield(Array(unwrapInboundIn(data).readableBytesView))
        }

        func channelInactive(context: ChannelHandlerContext) { continuation.finish() }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            continuation.finish(throwing: error)
            context.close(promise: nil)
        }
    }
}
