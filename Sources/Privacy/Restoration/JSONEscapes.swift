/// How texts stand within JSON strings (RFC 8259, section 7).
enum JSONEscapes {
    private static let backslash = UInt8(ascii: "\\")
    private static let small = Array("0123456789abcdef".utf8)
    private static let capital = Array("0123456789ABCDEF".utf8)

    /// Whether a text that begins so is JSON; nil where it hasn't begun.
    static func isBeginning(_ text: UnsafeBufferPointer<UInt8>) -> Bool? {
        let first = text.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
        return first.map { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") }
    }

    /// The text with the escapes that it needs; nil where it needs none.
    static func escaped(_ text: [UInt8]) -> [UInt8]? {
        guard text.contains(where: needsEscape) else { return nil }
        return text.reduce(into: []) { result, byte in
            if needsEscape(byte) { append(byte, to: &result) } else { result.append(byte) }
        }
    }

    /// The ways in which models write a text within JSON, but for the text itself: with the escapes that it needs, and with
    /// every letter beyond ASCII as an escape, in small or capital digits.
    static func forms(of text: [UInt8]) -> [[UInt8]] {
        var forms = escaped(text).map { [$0] } ?? []
        guard text.contains(where: { $0 >= 0x80 }) else { return forms }
        for digits in [small, capital] {
            var form: [UInt8] = []
            for unit in String(decoding: text, as: UTF8.self).utf16 {
                guard unit < 0x80 else {
                    append(unit, digits, to: &form)
                    continue
                }
                let byte = UInt8(unit)
                if needsEscape(byte) { append(byte, to: &form) } else { form.append(byte) }
            }
            if form != forms.last { forms.append(form) }
        }
        return forms
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == backslash
    }

    private static func append(_ byte: UInt8, to text: inout [UInt8]) {
        switch byte {
        case 0x08: text += [backslash, UInt8(ascii: "b")]
        case 0x09: text += [backslash, UInt8(ascii: "t")]
        case 0x0A: text += [backslash, UInt8(ascii: "n")]
        case 0x0C: text += [backslash, UInt8(ascii: "f")]
        case 0x0D: text += [backslash, UInt8(ascii: "r")]
        case 0..<0x20: append(UInt16(byte), small, to: &text)
        default: text += [backslash, byte]
        }
    }

    private static func append(_ unit: UInt16, _ digits: [UInt8], to text: inout [UInt8]) {
        text += [backslash, UInt8(ascii: "u")]
        for shift in [12, 8, 4, 0] as [UInt16] { text.append(digits[Int(unit >> shift & 0xF)]) }
    }
}
