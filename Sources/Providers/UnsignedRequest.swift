import Crypto
public import Wire

/// A request whose head lacks the signature over its body. Nothing else can be done with it than to sign it.
public struct UnsignedRequest: Sendable {
    private let body: Splice
    private let head: @Sendable (BodyHash) -> [UInt8]

    /// - Parameter head: writes the head with its signature.
    init(_ body: Splice, head: @escaping @Sendable (BodyHash) -> [UInt8]) {
        self.body = body
        self.head = head
    }

    /// Goes through all of the body where it lies, which takes milliseconds for megabytes.
    ///
    /// - Parameter original: offers the bytes of a range of the caller's body, in the pieces in which they are kept.
    public func signed(
        reading original: (Range<Int>, (UnsafeRawBufferPointer) -> Void) -> Void
    ) -> UpstreamRequest {
        var hash = SHA256()
        for segment in body.segments {
            switch segment {
            case .inserted(let bytes): bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
            case .original(let range): original(range) { hash.update(bufferPointer: $0) }
            }
        }
        return UpstreamRequest(head: head(BodyHash(hash.finalize())), body: .spliced(body))
    }
}

/// The SHA-256 of a body, as signatures have it.
package struct BodyHash: Sendable {
    /// Lower-case digits.
    let hex: [UInt8]

    fileprivate init(_ digest: SHA256Digest) {
        var hex: [UInt8] = []
        digest.withUnsafeBytes { hex.append(hex: $0) }
        self.hex = hex
    }

    package init(of body: UnsafeRawBufferPointer) { self.init(SHA256.hash(of: body)) }
}

extension UnsignedRequest: Unprintable {}
