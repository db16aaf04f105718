import Domain
import HTTPTypes
import HummingbirdCore
import NIOCore

/// The fields of a form that was sent, each of them once (WHATWG URL, section 5.1).
struct FormBody: Sendable {
    private let fields: [String: String]
    /// What a file has that was sent with it; nil: none was.
    let file: [UInt8]?
    /// Whether it came in a form that can hold a file (RFC 7578).
    let isMultipart: Bool

    /// Bytes of all fields.
    static let limit = 16 << 10
    private static let mostFields = 50

    init() {
        fields = [:]
        file = nil
        isMultipart = false
    }

    init(fields: [String: String], file: [UInt8]?) {
        self.fields = fields
        self.file = file
        isMultipart = true
    }

    /// Nil where a field comes twice, or isn't UTF-8.
    init?(_ text: String) {
        var fields: [String: String] = [:]
        let pairs = text.split(separator: "&")
        guard pairs.count <= Self.mostFields else { return nil }
        for pair in pairs {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(halves[0]), let value = Self.decoded(halves.count == 2 ? halves[1] : ""),
                fields.updateValue(value, forKey: name) == nil
            else { return nil }
        }
        self.fields = fields
        file = nil
        isMultipart = false
    }

    /// - Parameter fileLimit: bytes of a file that may be sent with it; nil: none may.
    init(of request: Request, fileLimit: Int? = nil) async throws {
        let bytes: ByteBuffer
        do {
            bytes = try await request.body.collect(upTo: Self.limit + (fileLimit ?? 0))
        } catch is NIOTooManyBytesError {
            throw fileLimit.map { PortalProblem.fileTooLarge(limit: $0) } ?? .formTooLarge(limit: Self.limit)
        }
        if let fileLimit, let type = request.headers[.contentType], type.lowercased().hasPrefix("multipart/") {
            self = try FormBody(multipart: bytes.readableBytesView, type, fileLimit: fileLimit)
            return
        }
        guard bytes.readableBytes <= Self.limit else { throw PortalProblem.formTooLarge(limit: Self.limit) }
        guard let form = FormBody(String(buffer: bytes)) else { throw PortalProblem.unreadableForm }
        self = form
    }

    /// Empty for a field that isn't there.
    subscript(_ name: String) -> String { fields[name] ?? "" }

    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.map { UInt8($0) }
    }
}

/// It holds passwords and secrets: it never prints itself.
extension FormBody: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "<redacted>" }
    var debugDescription: String { "<redacted>" }
    var customMirror: Mirror { Mirror(self, children: []) }
}
