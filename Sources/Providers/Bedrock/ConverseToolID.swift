import Crypto
import Wire

/// Tool call ids as Converse takes them: `[a-zA-Z0-9_.:-]{1,64}`.
///
/// Ids are opaque to our callers, and Bedrock's own are sent on as they are. Other ids come only from other providers'
/// replies in the same conversation. The same id always becomes the same hash, so a call and its result still meet; there
/// is no way back, and none is needed, because a reply makes ids of its own.
enum ConverseToolID {
    static func id(for id: String) -> String {
        let fits = 1...64 ~= id.utf8.count && id.utf8.allSatisfy(isAllowed)
        return fits ? id : hashed(id)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func hashed(_ id: String) -> String {
        var text = Array("call_".utf8)
        SHA256.hash(data: Array(id.utf8)).withUnsafeBytes { text.append(hex: $0[rebasing: 0..<16]) }
        return String(decoding: text, as: UTF8.self)
    }
}
