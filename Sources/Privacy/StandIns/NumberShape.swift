internal import Domain

/// A number taken apart: digits and letters that change, and all else.
struct NumberShape: Sendable {
    let type: EntityType
    private let original: [UInt8]
    /// Digits before the number proper that stay: a country code, the 0 before a national number.
    private let kept: [UInt8]
    /// Its digits and small letters, without separators and without an extension.
    let main: [UInt8]
    private let plan: NumberPlan
    /// Where in the original the number proper ends.
    private let end: Int
    /// Which bytes are digits and letters.
    private let isWord: [Bool]

    init(_ key: EntityValue.Key) {
        type = key.type
        original = key.bytes
        let end = key.type == .phone ? Self.extensionStart(in: key.bytes) : key.bytes.count
        var isWord = [Bool](repeating: false, count: key.bytes.count)
        for word in WordBorder.words(of: key.bytes) { for index in word { isWord[index] = true } }
        let all = key.bytes[..<end].indices.filter { isWord[$0] }.map { key.bytes[$0] }.lowercased()
        self.isWord = isWord
        plan = NumberPlan(type, all, hasPlus: key.bytes.contains(0x2B))
        let count = min(plan.keptCount, all.count)
        kept = Array(all[..<count])
        main = Array(all[count...])
        self.end = end
    }

    var hasExtension: Bool { end < original.count }

    var hasLetters: Bool { original.contains { $0 &- 0x30 >= 10 && WordBorder.goesOn($0) } }

    func drawn(_ attempt: Int, _ draws: inout Draws) -> [UInt8] {
        plan.drawn(for: main, attempt, &draws)
    }

    /// The original with other digits and letters.
    ///
    /// - Parameter extra: draws the digits of an extension.
    func filled(with main: [UInt8], _ extra: inout Draws) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        let all = kept + main
        for (position, byte) in original.enumerated() {
            if position >= end {
                result.append(byte &- 0x30 < 10 ? extra.digit() : byte)
            } else if isWord[position], index < all.count {
                let isUpper = byte &- 0x41 < 26
                result.append(isUpper && all[index] &- 0x61 < 26 ? all[index] & 0xDF : all[index])
                index += 1
            } else {
                result.append(byte)
            }
        }
        return result
    }

    /// Other ways to write the number; as many for each of the same length.
    func forms(of main: [UInt8]) -> [[UInt8]] {
        let upper = main.uppercased()
        var forms = [upper]
        for prefix in plan.prefixes { forms.append(prefix + upper) }
        for groups in plan.groups(of: main.count) {
            let parts = Self.parts(of: upper, groups)
            for separator in [" ", "-", "."] { forms.append(Array(parts.joined(separator: separator.utf8))) }
            if groups == [3, 3, 4] {
                let rest = Array(parts[1...].joined(separator: "-".utf8))
                forms.append(Array("(".utf8) + parts[0] + Array(") ".utf8) + rest)
                forms.append(Array("(".utf8) + parts[0] + Array(")".utf8) + rest)
            }
        }
        return forms + pairs(of: upper)
    }

    /// In pairs, as in France, with the zero of the national number.
    private func pairs(of digits: [UInt8]) -> [[UInt8]] {
        guard case .french = plan, digits.count == 9 else { return [] }
        let parts = Self.parts(of: [0x30] + digits, [2, 2, 2, 2, 2])
        return [" ", ".", "-", ""].map { Array(parts.joined(separator: $0.utf8)) }
    }

    private static func parts(of digits: [UInt8], _ groups: [Int]) -> [[UInt8]] {
        var index = 0
        return groups.map { count in
            defer { index += count }
            return Array(digits[index..<index + count])
        }
    }

    /// Where `ext. 44` begins, which is letters after a number that is long enough.
    private static func extensionStart(in number: [UInt8]) -> Int {
        var digits = 0
        for (index, byte) in number.enumerated() {
            if byte &- 0x30 < 10 { digits += 1 }
            if digits >= 7, byte == 0x23 || (byte | 0x20) &- 0x61 < 26 { return index }
        }
        return number.count
    }
}
