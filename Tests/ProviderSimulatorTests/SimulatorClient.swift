import NIOCore
import NIOPosix
import ProviderSimulator

/// A caller on a bare connection: sees segments, resets and missing ends, which HTTP clients hide.
final class RawConnection: Sendable {
    private let channel: any Channel
    private let received: AsyncThrowingStream<[UInt8], any Error>

    private init(_ channel: any Channel, _ received: AsyncThrowingStream<[UInt8], any Error>) {
        self.channel = channel
        self.received = received
    }

    static func open(to port: Int) async throws -> RawConnection {
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self, throwing: (any Error).self)
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(continuation))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return RawConnection(channel, stream)
    }

    func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text))
    }

    /// Reads until the text so far satisfies a condition, or the connection ends.
    func read(until isEnough: (String) -> Bool = { _ in false }) async throws -> String {
        var bytes: [UInt8] = []
        for try await segment in received {
            bytes += segment
            if isEnough(String(decoding: bytes, as: UTF8.self)) { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    func close() async throws { try await channel.close() }

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

/// A chat completion as a request on the wire.
func chatRequest(_ prompt: String, stream: Bool = false, model: String = "sim-basic") -> String {
    let body = #"{"model":"\#(model)","stream":\#(stream),"messages":[{"role":"user","content":"\#(prompt)"}]}"#
    return post("/v1/chat/completions", body)
}

func post(_ path: String, _ body: String, headers: [String] = ["authorization: Bearer sim"]) -> String {
    let lines = ["POST \(path) HTTP/1.1", "host: sim", "content-length: \(body.utf8.count)"] + headers
    return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
}

func get(_ path: String, headers: [String] = ["authorization: Bearer sim"]) -> String {
    (["GET \(path) HTTP/1.1", "host: sim"] + headers).joined(separator: "\r\n") + "\r\n\r\n"
}

/// Starts a simulator for the length of a test.
func withSimulator<Result>(
    _ settings: SimulatorSettings = SimulatorSettings(), _ body: (ProviderSimulator) async throws -> Result
) async throws -> Result {
    let simulator = try await ProviderSimulator.start(settings, group: .singletonMultiThreadedEventLoopGroup)
    do {
        let result = try await body(simulator)
        try await simulator.stop()
        return result
    } catch {
        try? await simulator.stop()
        throw error
    }
}

extension ProviderSimulator {
    /// Waits until every answer has ended: a caller has the last byte a moment before the server knows.
    func isIdle() async {
        while stats().active > 0 { await Task.yield() }
    }
}
