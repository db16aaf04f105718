/// RFC 4648, section 4.
enum Base64 {
    /// Whether a text is Base64 with its padding.
    static func isValid(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            guard !bytes.isEmpty, bytes.count % 4 == 0 else { return false }
            let padding = bytes[bytes.count - 1] != pad ? 0 : bytes[bytes.count - 2] != pad ? 1 : 2
            var isAlphabet: UInt8 = 1
            for index in 0..<bytes.count - padding { isAlphabet &= sextets[Int(bytes[index])] >> 7 ^ 1 }
            return isAlphabet == 1
        }
    }

    /// The bytes that a text stands for; what isn't Base64 in it is stepped over.
    static func decoded(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count / 4 * 3)
        var bits: UInt32 = 0
        var count = 0
        for character in text.utf8 where sextets[Int(character)] < 64 {
            bits = bits << 6 | UInt32(sextets[Int(character)])
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
        return bytes
    }

    /// Appends bytes as Base64 with padding.
    static func append(_ bytes: UnsafeRawBufferPointer, to text: inout [UInt8]) {
        text.reserveCapacity(text.count + (bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let left = bytes.count - index
            let first = UInt32(bytes[index])
            let second = left > 1 ? UInt32(bytes[index + 1]) : 0
            let third = left > 2 ? UInt32(bytes[index + 2]) : 0
            let group = first << 16 | second << 8 | third
            text.append(alphabet[Int(group >> 18)])
            text.append(alphabet[Int(group >> 12 & 63)])
            text.append(left > 1 ? alphabet[Int(group >> 6 & 63)] : pad)
            text.append(left > 2 ? alphabet[Int(group & 63)] : pad)
            index += 3
        }
    }

    private static let pad = UInt8(ascii: "=")
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    /// What each character stands for; 255 for those that stand for nothing.
    private static let sextets: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt8(value) }
        return table
    }()
}
