/// The id that our caller sees for a call of Gemini's.
///
/// Gemini often gives its calls no id, but puts a thought signature beside them, which must come back with the call or the
/// next turn is refused. Callers send ids back untouched, so the id carries both: `call_HASHINDEX`, then `.i` and
/// Gemini's own id, then `.s` and the signature, both in base64url. Such ids grow to some kilobytes.
struct VertexToolCallID: Hashable {
    /// `call_` and what tells this call from all others.
    var name: String
    var upstreamID: String?
    /// Standard Base64, as Gemini gave it.
    var signature: String?

    /// - Parameter seed: what tells this reply from others; `index`: the call's number in it.
    init(seed: UInt64, index: Int, upstreamID: String?, signature: String?) {
        let hex = String(seed, radix: 16)
        name = "call_\(String(repeating: "0", count: 16 - hex.utf8.count))\(hex)\(index)"
        self.upstreamID = upstreamID
        self.signature = signature
    }

    /// Takes an id apart. One that another upstream made is all name.
    init(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        name = text
        guard text.hasPrefix("call_"), parts.count > 1 else { return }
        for part in parts.dropFirst() {
            switch part.first {
            case "i": upstreamID = Base64URL.decoded(part.dropFirst()).map { String(decoding: $0, as: UTF8.self) }
            case "s": signature = Self.standardBase64(part.dropFirst())
            default: return
            }
        }
        name = String(parts[0])
    }

    var text: String {
        var text = name
        if let upstreamID { text += ".i" + Base64URL.encoded(Array(upstreamID.utf8)) }
        if let signature { text += ".s" + Self.urlSafe(signature) }
        return text
    }

    private static func urlSafe(_ base64: String) -> String {
        String(
            decoding: base64.utf8.lazy.filter { $0 != UInt8(ascii: "=") }.map {
                switch $0 {
                case UInt8(ascii: "+"): UInt8(ascii: "-")
                case UInt8(ascii: "/"): UInt8(ascii: "_")
                default: $0
                }
            }, as: UTF8.self)
    }

    /// Nil for text that isn't base64url, which no id of ours holds.
    private static func standardBase64(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            guard let value = Base64URL.value(of: byte) else { return nil }
            bytes.append(value == 62 ? UInt8(ascii: "+") : value == 63 ? UInt8(ascii: "/") : byte)
        }
        guard !bytes.isEmpty else { return nil }
        while bytes.count % 4 != 0 { bytes.append(UInt8(ascii: "=")) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
