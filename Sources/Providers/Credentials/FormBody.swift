import Wire

/// The body of a form: `application/x-www-form-urlencoded`, with all but the unreserved characters of RFC 3986 encoded,
/// which every reader of forms understands and AWS signs by.
struct FormBody {
    static let mediaType = "application/x-www-form-urlencoded; charset=utf-8"

    private(set) var bytes: [UInt8] = []

    init(_ pairs: [(name: String, value: String?)]) {
        for (name, value) in pairs {
            guard let value else { continue }
            if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
            bytes.append(text: SigV4CanonicalRequest.percentEncoded(name))
            bytes.append(UInt8(ascii: "="))
            bytes.append(text: SigV4CanonicalRequest.percentEncoded(value))
        }
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }
}
