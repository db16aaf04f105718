public import NIOSSL
import Synchronization

/// What the gateway shows to callers that connect with TLS. It may be replaced at any time: connections that stand keep
/// what they were made with, and new ones see the new one.
public final class ServedCertificate: Sendable {
    private let context: Mutex<NIOSSLContext>

    public init(_ context: NIOSSLContext) { self.context = Mutex(context) }

    public func replace(by context: NIOSSLContext) { self.context.withLock { $0 = context } }

    var current: NIOSSLContext { context.withLock { $0 } }
}
