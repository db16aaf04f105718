import Foundation

/// A text that may reach nobody but the upstream and the caller, told from the others by its number.
///
/// It is made of letters and digits alone, and of a multiple of four of them: so it may be a name, and may stand inside of
/// Base64.
struct Canary: Hashable, Sendable {
    /// What all of them begin with.
    static let beginning = "canaryOfSecrecy7"
    private static let digitCount = 8

    let number: Int

    var text: String {
        let digits = String(number)
        return Self.beginning + String(repeating: "0", count: Self.digitCount - digits.count) + digits
    }

    /// A text with the canary at its end; before the padding, where it is Base64, so that it stays that.
    func planted(in text: String) -> String {
        let padding = text.reversed().prefix { $0 == "=" }.count
        return text.dropLast(padding) + self.text + String(repeating: "=", count: padding)
    }

    /// The canaries in some bytes, as they are.
    static func all(in bytes: [UInt8]) -> Set<Canary> {
        let data = Data(bytes)
        var found: Set<Canary> = []
        var rest = 0..<data.count
        while let place = data.range(of: Data(beginning.utf8), in: rest) {
            let digits = data[place.upperBound...].prefix(digitCount)
            if let number = Int(String(decoding: digits, as: UTF8.self)) { found.insert(Canary(number: number)) }
            rest = place.upperBound..<data.count
        }
        return found
    }

    /// Whether there is any canary, or what it looks like in Base64 at any of the three places it can begin at.
    static func isAny(in data: Data) -> Bool { forms.contains { data.range(of: $0) != nil } }

    static func isAny(in text: String) -> Bool { isAny(in: Data(text.utf8)) }

    private static let forms: [Data] = {
        let text = Data(beginning.utf8)
        let coded = (0..<3).map { shift in
            // What else stands in the first and the last group of letters isn't known.
            Data((Data(count: shift) + text).base64EncodedData().dropFirst(shift > 0 ? 4 : 0).dropLast(4))
        }
        return [text] + coded
    }()
}
