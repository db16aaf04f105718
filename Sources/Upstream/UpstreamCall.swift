public import Domain
public import NIOCore
public import Providers
public import Wire

/// Who is told what comes of a call. Everything happens on the call's event loop, in this order; after `ended` or `failed`
/// nothing more comes.
public protocol UpstreamCallDelegate: AnyObject {
    /// A connection was made, or one was found; nothing of the request has left yet.
    ///
    /// - Parameter finding: what the address says about where the endpoint is; nil where it wasn't looked at.
    func upstreamConnected(to peer: UpstreamPeer, _ finding: AddressFinding?)
    /// Nothing may be sent to an address; ``upstreamFailed(_:stale:)`` follows.
    func upstreamRefused(at address: String, _ finding: AddressFinding)
    func upstreamReceived(_ head: ReplyHead)
    func upstreamReceived(_ body: ByteBuffer)
    /// All that came in one read has been told.
    func upstreamReadCompleted()
    func upstreamEnded()
    /// - Parameter stale: a kept connection turned out to be dead, and nothing of a reply had come.
    func upstreamFailed(_ fault: UpstreamFault, stale: Bool)
}

/// Who is at the other end of a connection.
public struct UpstreamPeer: Hashable, Sendable {
    /// With the port, such as `192.0.2.1:443`.
    public let address: String
    /// SHA-256 of the certificate, in DER, as hex digits; nil without TLS.
    public let certificate: String?
}

extension UpstreamCallDelegate {
    public func upstreamRefused(at address: String, _ finding: AddressFinding) {}
}

/// A request that is under way. Used on its event loop only.
public final class UpstreamCall {
    weak var connection: UpstreamConnection?
    var delegate: (any UpstreamCallDelegate)?
    var payload: UpstreamPayload?
    private(set) var isCancelled = false
    private var isPaused = false

    init(_ payload: UpstreamPayload, delegate: any UpstreamCallDelegate) {
        self.payload = payload
        self.delegate = delegate
    }

    /// Ends the call and its connection at once; the delegate hears nothing more.
    public func cancel() {
        isCancelled = true
        delegate = nil
        payload = nil
        connection?.abandon()
    }

    /// Stops reading, for as long as the caller doesn't take what was read.
    public func pause() {
        isPaused = true
        connection?.pause()
    }

    public func resume() {
        isPaused = false
        connection?.resume()
    }

    func attach(to connection: UpstreamConnection) {
        self.connection = connection
        if isPaused { connection.pause() }
    }
}

/// The bytes of a request as they are written: parts that need no copying.
public struct UpstreamPayload {
    let parts: [ByteBuffer]

    /// - Parameter original: the pieces of the caller's body, which a spliced body is made of.
    public init(_ request: UpstreamRequest, original: [ByteBuffer], allocator: ByteBufferAllocator) {
        var head = allocator.buffer(capacity: request.head.count + 256)
        head.writeBytes(request.head)
        switch request.body {
        case .bytes(let bytes):
            head.writeLength(bytes.count)
            guard bytes.count > Self.copyLimit else {
                head.writeBytes(bytes)
                parts = [head]
                return
            }
            parts = [head, ByteBuffer(bytes: bytes)]
        case .spliced(let splice):
            head.writeLength(splice.count)
            parts = Self.parts(head, splice, original)
        }
    }

    /// A request whose bytes are all there, head and length included.
    public init(_ parts: [ByteBuffer]) { self.parts = parts }

    /// Parts up to this size are cheaper to copy than to hand to the kernel apart.
    private static let copyLimit = 4096

    private static func parts(_ head: ByteBuffer, _ splice: Splice, _ original: [ByteBuffer]) -> [ByteBuffer] {
        var parts: [ByteBuffer] = []
        var current = head
        for segment in splice.segments {
            switch segment {
            case .inserted(let bytes): current.writeBytes(bytes)
            case .original(let range):
                original.visit(range) { slice in
                    guard slice.readableBytes > copyLimit else {
                        current.writeImmutableBuffer(slice)
                        return
                    }
                    if current.readableBytes > 0 { parts.append(current) }
                    parts.append(slice)
                    current = ByteBuffer()
                }
            }
        }
        if current.readableBytes > 0 { parts.append(current) }
        return parts
    }
}

extension [ByteBuffer] {
    /// The slices that make up a range of the bytes of all buffers together.
    package func visit(_ range: Range<Int>, _ use: (ByteBuffer) -> Void) {
        var start = 0
        for buffer in self {
            let end = start + buffer.readableBytes
            let inside = range.clamped(to: start..<end)
            if let slice = buffer.getSlice(at: buffer.readerIndex + inside.lowerBound - start, length: inside.count) {
                if slice.readableBytes > 0 { use(slice) }
            }
            start = end
        }
    }
}

extension ByteBuffer {
    fileprivate mutating func writeLength(_ count: Int) {
        writeStaticString("content-length: ")
        writeString(String(count))
        writeStaticString("\r\n\r\n")
    }
}
