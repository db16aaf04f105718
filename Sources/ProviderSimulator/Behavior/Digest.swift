import Crypto
import Wire

func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    let digits = Array("0123456789abcdef".utf8)
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}

/// SHA-256 in hexadecimal.
func digest(of bytes: [UInt8]) -> String {
    hexadecimal(SHA256.hash(data: bytes))
}

/// What every identifier in an answer ends in: equal requests get equal ones.
func identifier(of body: JSON) -> String {
    String(digest(of: body.bytes(.sorted)).prefix(24))
}
