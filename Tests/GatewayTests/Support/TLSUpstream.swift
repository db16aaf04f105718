import Crypto
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Synchronization

/// A server with a certificate for `model.test`, which takes connections and answers nothing.
final class TLSUpstream: Sendable {
    private let listener: any Channel
    private let seen: Seen

    /// What has come.
    final class Seen: Sendable {
        fileprivate let counts = Mutex<(handshakes: Int, bytes: Int)>((0, 0))
    }

    var port: Int { listener.localAddress?.port ?? 0 }
    var handshakes: Int { seen.counts.withLock { $0.handshakes } }
    /// Of what was sent through TLS.
    var receivedBytes: Int { seen.counts.withLock { $0.bytes } }

    private init(_ listener: any Channel, _ seen: Seen) {
        self.listener = listener
        self.seen = seen
    }

    static func start() async throws -> TLSUpstream {
        let seen = Seen()
        let context = try context
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        [NIOSSLServerHandler(context: context), Counter(seen)])
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return TLSUpstream(listener, seen)
    }

    func stop() async throws { try await listener.close() }

    private final class Counter: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let seen: Seen

        init(_ seen: Seen) { self.seen = seen }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case .handshakeCompleted? = event as? TLSUserEvent { seen.counts.withLock { $0.handshakes += 1 } }
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let count = unwrapInboundIn(data).readableBytes
            seen.counts.withLock { $0.bytes += count }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    // MARK: The certificate

    /// What serves connections with it.
    static var context: NIOSSLContext {
        get throws {
            try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: [.certificate(try certificate)],
                    privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(keyText.utf8), format: .pem))))
        }
    }

    static var certificate: NIOSSLCertificate {
        get throws { try NIOSSLCertificate(bytes: Array(certificateText.utf8), format: .pem) }
    }

    /// As records have it.
    static var fingerprint: String {
        get throws {
            SHA256.hash(data: try certificate.toDERBytes()).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
                .joined()
        }
    }

    /// Signed by its own key, for 100 years from 2020 on. Of use nowhere else.
    private static let certificateText = """
        -----BEGIN CERTIFICATE-----
        MIIBazCCARKgAwIBAgIBATAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA5ub3J0aGVy
        biB0ZXN0czAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowGTEXMBUG
        A1UEAwwObm9ydGhlcm4gdGVzdHMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARr
        a5+d19C/0ry0+JaFoVxLrWcOOxXIyiyfNz5Y0MRKYg3rT6xYz7h9ci1k+vsVb61M
        FIB34Gs9kH9Q8NNLGWzUo0kwRzAVBgNVHREEDjAMggptb2RlbC50ZXN0MA8GA1Ud
        EwEB/wQFMAMBAf8wHQYDVR0OBBYEFCnJ41DmBQncm1nysFMhMtewckaZMAoGCCqG
        SM49BAMCA0cAMEQCIAwtYSnqON+oVy/QZ/3k5e8FXlmxwjWzZiSqyabfzM/EAiBf
        g5APdoakpwPsb+RLoQskeRLAiYFK52KtB8ZOAeKWgg==
        -----END CERTIFICATE-----
        """

    private static let keyText = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgZD8deg3kaQvq5Pss
        +aBM5Ey4zNuGImLt598wyNHLVo6hRANCAARra5+d19C/0ry0+JaFoVxLrWcOOxXI
        yiyfNz5Y0MRKYg3rT6xYz7h9ci1k+vsVb61MFIB34Gs9kH9Q8NNLGWzU
        -----END PRIVATE KEY-----
        """
}
