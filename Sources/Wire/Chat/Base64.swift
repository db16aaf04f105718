/// RFC 4648, section 4.
package enum Base64 {
    private static let pad = UInt8(ascii: "=")
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    /// What each character stands for; 255 for those that stand for nothing.
    private static let sextets: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt8(value) }
        return table
    }()

    /// Whether a text is Base64 with its padding.
    package static func isValid(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            guard !bytes.isEmpty, bytes.count % 4 == 0 else { return false }
            var isAlphabet: UInt8 = 1
            for index in 0..<bytes.count - padding(of: UnsafeRawBufferPointer(bytes)) {
                isAlphabet &= sextets[Int(bytes[index])] >> 7 ^ 1
            }
            return isAlphabet == 1
        }
    }

    /// The bytes that a text with its padding stands for; nil for anything else.
    package static func decoded(_ text: String) -> [UInt8]? {
        var text = text
        return text.withUTF8 { decoded(UnsafeRawBufferPointer($0)) }
    }

    package static func decoded(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0
        var count: UInt32 = 0
        for character in text.dropLast(padding(of: text)) {
            let value = sextets[Int(character)]
            guard value < 64 else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> count))
        }
        return bytes
    }

    package static func encoded(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        bytes.withUnsafeBytes { append($0, to: &text) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends bytes as Base64 with padding.
    package static func append(_ bytes: UnsafeRawBufferPointer, to text: inout [UInt8]) {
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

    private static func padding(of text: UnsafeRawBufferPointer) -> Int {
        text.suffix(2).reversed().prefix { $0 == pad }.count
    }
}
