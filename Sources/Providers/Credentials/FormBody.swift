import Wire

/// The body of a form: `application/x-www-form-urlencoded`, with all but the unreserved characters of RFC 3986 encoded,
/// which every reader of forms understands and AWS signs by.
package struct FormBody {
    static let mediaType = "application/x-www-form-urlencoded; charset=utf-8"

    package private(set) var bytes: [UInt8] = []

    package init(_ pairs: [(name: String, value: String?)]) {
        for (name, value) in pairs {
            guard let value else { continue }
            if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
            bytes.append(text: Self.encoded(name))
            bytes.append(UInt8(ascii: "="))
            bytes.append(text: Self.encoded(value))
        }
    }

    /// A name or a value, as it stands in a form.
    package static func encoded(_ text: String) -> String { SigV4CanonicalRequest.percentEncoded(text) }

    package var text: String { String(decoding: bytes, as: UTF8.self) }
}
