import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Serves images over https as `model.test`, each path in its own way, and remembers what it was asked.
final class ImageServer: Sendable {
    private let listener: any Channel
    private let seen: Seen

    final class Seen: Sendable {
        fileprivate let heads = Mutex<[String]>([])
    }

    var port: Int { listener.localAddress?.port ?? 0 }
    /// The heads of requests, in the order in which they came.
    var heads: [String] { seen.heads.withLock { $0 } }

    private init(_ listener: any Channel, _ seen: Seen) {
        self.listener = listener
        self.seen = seen
    }

    static func start() async throws -> ImageServer {
        let seen = Seen()
        let context = try TLSUpstream.context
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        NIOSSLServerHandler(context: context), Responder(seen),
                    ])
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return ImageServer(listener, seen)
    }

    func stop() async throws { try await listener.close() }

    // MARK: What it serves

    static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]
    static let pdf = Array("%PDF-1.7 of the tests".utf8)

    private enum Reply {
        case whole([UInt8])
        /// And then nothing, for ever.
        case beginning([UInt8])
    }

    private static func reply(to path: String) -> Reply {
        func sized(_ content: [UInt8], _ head: String = "200 OK") -> Reply {
            .whole(Array("HTTP/1.1 \(head)\r\ncontent-length: \(content.count)\r\n\r\n".utf8) + content)
        }
        func chunked(_ content: [UInt8]) -> [UInt8] {
            Array("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\(String(content.count, radix: 16))\r\n".utf8)
                + content + Array("\r\n0\r\n\r\n".utf8)
        }
        switch path.prefix(while: { $0 != "?" }) {
        case "/a.png": return sized(png)
        case "/chunked.png": return .whole(chunked(png))
        case "/a.pdf": return sized(pdf)
        case "/page": return sized(Array("<html>SECRET OF THE HOST</html>".utf8), "200 OK\r\ncontent-type: image/png")
        case "/elsewhere": return sized([], "302 Found\r\nlocation: https://model.test/a.png")
        case "/large": return .beginning(Array("HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n".utf8) + png)
        case "/large-chunked": return .whole(chunked(png + [UInt8](repeating: 0, count: 5_000)))
        case "/slow": return .beginning(Array("HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n".utf8) + png.prefix(8))
        case "/silent": return .beginning([])
        case "/broken": return .whole(Array("HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n".utf8) + png.prefix(8))
        case "/two-lengths":
            return .whole(Array("HTTP/1.1 200 OK\r\ncontent-length: 12\r\ncontent-length: 8\r\n\r\n".utf8) + png)
        default: return sized(Array("SECRET OF THE HOST".utf8), "404 Not Found")
        }
    }

    private final class Responder: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let seen: Seen
        private var head = ""

        init(_ seen: Seen) { self.seen = seen }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            head += String(buffer: unwrapInboundIn(data))
            guard head.hasSuffix("\r\n\r\n") else { return }
            let asked = head
            seen.heads.withLock { $0.append(asked) }
            let path = head.split(separator: " ").dropFirst().first.map(String.init) ?? ""
            switch ImageServer.reply(to: path) {
            case .whole(let bytes):
                let channel = context.channel
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes))).whenComplete { _ in
                    channel.close(promise: nil)
                }
            case .beginning(let bytes):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
