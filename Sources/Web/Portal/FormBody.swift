import Domain
import HummingbirdCore
import NIOCore

/// The fields of a form that was sent, each of them once (WHATWG URL, section 5.1).
struct FormBody: Sendable {
    private let fields: [String: String]

    static let limit = 16 << 10
    private static let mostFields = 50

    init() { fields = [:] }

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
    }

    init(of request: Request) async throws {
        let bytes: ByteBuffer
        do {
            bytes = try await request.body.collect(upTo: Self.limit)
        } catch is NIOTooManyBytesError {
            throw AdminError.bodyTooLarge(limit: Self.limit)
        }
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
