/// Postal codes of Canada, the United States, the United Kingdom and of countries with digits alone.
enum PostalCode {
    /// Whether a place is nothing else.
    static func isLike(_ place: [UInt8]) -> Bool {
        let compact = place.filter { !WordBorder.separates($0) }
        guard (4...9).contains(compact.count), place.count - compact.count <= 3 else { return false }
        let shape = String(decoding: compact.map { isDigit($0) ? 0x39 : isLetter($0) ? 0x41 : 0x3F }, as: UTF8.self)
        return shapes.contains(shape)
    }

    private static let shapes: Set<String> = [
        "A9A9A9", "99999", "999999999", "9999", "999999", "9999AA",
        "A99AA", "A999AA", "AA99AA", "AA999AA", "A9A9AA", "AA9A9AA",
    ]

    /// - Parameter code: small letters and digits.
    static func drawn(for code: [UInt8], _ attempt: Int, _ draws: inout Draws) -> [UInt8] {
        if code.allSatisfy(isDigit), code.count == 5 || code.count == 9, attempt < 64 {
            // No office of the United States has a code below 00501 (USPS Publication 65).
            return Array("00".utf8) + [draws.element(of: "01234")] + (3..<code.count).map { _ in draws.digit() }
        }
        return code.enumerated().map { index, byte in
            if isDigit(byte) { return draws.digit() }
            // Canada uses no D, F, I, O, Q, U, nor W and Z in the first place; the first letter is the region.
            return index == 0 ? byte : draws.element(of: "abceghjklmnprstvwxyz")
        }
    }

    /// The code with the separators and the case of the original.
    static func filled(_ original: [UInt8], with code: [UInt8]) -> [UInt8] {
        var index = 0
        return original.map { byte in
            guard !WordBorder.separates(byte), index < code.count else { return byte }
            defer { index += 1 }
            return byte &- 0x41 < 26 ? code[index] & (isLetter(code[index]) ? 0xDF : 0xFF) : code[index]
        }
    }

    static func forms(of code: [UInt8]) -> [[UInt8]] {
        guard code.count == 6, isLetter(code[0]), isDigit(code[5]) else { return [] }
        return [code.uppercased(), code].flatMap { code in
            [code] + [" ", "-"].map { Array(code[..<3]) + Array($0.utf8) + Array(code[3...]) }
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
}
