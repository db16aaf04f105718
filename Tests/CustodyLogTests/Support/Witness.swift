import Crypto
import CustodyLog

/// A witness as C2SP tlog-cosignature describes it, put together apart from the code under test.
struct Witness {
    private let key = Curve25519.Signing.PrivateKey()
    let name: String

    var verifierKey: VerifierKey {
        get throws {
            try VerifierKey(
                name: Example.name(name), kind: .cosignature, publicKey: Array(key.publicKey.rawRepresentation))
        }
    }

    /// The line of a cosignature.
    func line(over text: [UInt8], at time: UInt64) throws -> String {
        let message = Array("cosignature/v1\ntime \(time)\n".utf8) + text
        let id = SHA256.hash(data: Array("\(name)\n".utf8) + [4] + key.publicKey.rawRepresentation).prefix(4)
        let clock = (0..<8).map { UInt8(truncatingIfNeeded: time >> (56 - 8 * UInt64($0))) }
        let signature = try Array(id) + clock + key.signature(for: message)
        return "— \(name) \(base64(signature))\n"
    }
}

/// Base64 (RFC 4648, section 4), apart from the code under test.
func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    let bits = bytes.flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 } }
    let digits = stride(from: 0, to: bits.count, by: 6).map { start in
        (0..<6).reduce(0) { $0 << 1 | (start + $1 < bits.count ? Int(bits[start + $1]) : 0) }
    }
    return String(digits.map { alphabet[$0] }) + String(repeating: "=", count: (3 - bytes.count % 3) % 3)
}
