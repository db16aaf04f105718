public import Wire

/// The bytes of one request to an upstream, ready to be sent.
public struct UpstreamRequest: Sendable {
    /// The head of an HTTP/1.1 request, without `content-length` and the empty line: see ``UpstreamHead``.
    public var head: [UInt8]
    public var body: Body

    public enum Body: Sendable {
        case bytes([UInt8])
        /// The caller's own body with some edits: its bytes are never copied.
        case spliced(Splice)
    }

    public init(head: [UInt8], body: Body) {
        self.head = head
        self.body = body
    }

    /// Adds a header field of the caller's. A control character in it could start another one, so it is left out.
    public mutating func add(_ name: StaticString, _ value: String) {
        head.append(name)
        head.append(": ")
        for byte in value.utf8 where byte >= 0x20 && byte != 0x7F { head.append(byte) }
        head.append("\r\n")
    }
}

/// A body made of parts of another one.
public struct Splice: SpliceEdits, Sendable, Hashable {
    public enum Segment: Sendable, Hashable {
        case original(Range<Int>)
        case inserted([UInt8])
    }

    public private(set) var segments: [Segment] = []
    /// Bytes.
    public private(set) var count = 0
    private let gaps: TextGaps

    /// - Parameter gaps: what the text lacks, by whose places the edits are told, of the one that is spliced.
    public init(across gaps: TextGaps = TextGaps()) { self.gaps = gaps }

    public mutating func keep(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        let range = gaps.original(range.lowerBound)..<gaps.original(range.upperBound)
        segments.append(.original(range))
        count += range.count
    }

    public mutating func insert(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        segments.append(.inserted(bytes))
        count += bytes.count
    }
}

/// Renders the head of a request. Nothing that could end a line gets into it.
public struct UpstreamHead: Sendable {
    public private(set) var bytes: [UInt8] = []

    /// - Parameter target: path and query, percent-encoded as it is to be sent.
    public init(method: StaticString, target: String, host: String) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: method.utf8Start, count: method.utf8CodeUnitCount))
        bytes.append(UInt8(ascii: " "))
        append(safe: target)
        bytes.append(contentsOf: " HTTP/1.1\r\n".utf8)
        add("host", host)
    }

    public mutating func add(_ name: String, _ value: String) {
        append(safe: name)
        bytes.append(contentsOf: ": ".utf8)
        append(safe: value)
        bytes.append(contentsOf: "\r\n".utf8)
    }

    /// The head with a credential that stands in a field. Where there is none, or one that signs for AWS and so proves
    /// nothing here, the provider answers 401, which says it all.
    func bytes(with credential: Credential) -> [UInt8] {
        var head = self
        switch credential {
        case .bearer(let token): head.add("authorization", "Bearer \(token)")
        case .header(let name, let value): head.add(name, value)
        case .none, .aws: break
        }
        return head.bytes
    }

    /// Values come from configuration and from translated requests; a control character in one could start a second
    /// header field, so it is left out.
    private mutating func append(safe text: String) {
        for byte in text.utf8 where byte >= 0x20 && byte != 0x7F { bytes.append(byte) }
    }
}

/// What proves to a provider who we are. Never printed.
public enum Credential: Sendable {
    case none
    case bearer(String)
    /// A header field of the provider's own, such as `api-key`.
    case header(name: String, value: String)
    case aws(AWSCredentials)
}

public struct AWSCredentials: Sendable {
    public let accessKeyID: String
    public let secretAccessKey: String
    public let sessionToken: String?

    public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
    }
}

extension UpstreamRequest: Unprintable {}
extension UpstreamHead: Unprintable {}
extension Splice: Unprintable {}
extension Credential: Unprintable {}
extension AWSCredentials: Unprintable {}
