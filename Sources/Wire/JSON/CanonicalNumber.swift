/// A number as ECMAScript's `Number::toString` writes it (ECMA-262, section 6.1.6.1.20), which RFC 8785 asks for in section
/// 3.2.2.3.
struct CanonicalNumber {
    let text: String

    /// A double is told apart from all others by so many digits, so nobody who has doubles writes more.
    private static let mostDigits = 17

    /// - Parameter written: a number as JSON writes it.
    /// - Throws: ``CanonicalFormError`` where the double has another value: for a whole number that isn't exactly what
    ///   would be written, and for any other with more digits than a double has, or beyond the range of doubles.
    init(_ written: String) throws(CanonicalFormError) {
        guard let value = Double(written), value.isFinite, let number = DecimalDigits(written),
            let result = DecimalDigits(value.description)
        else { throw CanonicalFormError(number: written) }
        let isDoubleInOtherDigits =
            !number.isWhole && number.digits.count <= Self.mostDigits && !result.digits.isEmpty
        guard number == result || isDoubleInOtherDigits else { throw CanonicalFormError(number: written) }
        text = result.ecmaScript
    }
}

/// The value of a decimal number: ±0.d₁d₂…dₖ × 10ⁿ, without zeros at either end of the digits; no digits for zero.
private struct DecimalDigits: Equatable {
    private var isNegative: Bool
    private(set) var digits: [UInt8] = []
    /// The n of the formula, which is also what ECMA-262 calls n.
    private var point = 0

    /// - Parameter text: a number as JSON and Swift write it. Nil where its exponent is beyond all use.
    init?(_ text: String) {
        var rest = text.utf8[...]
        isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest = rest.dropFirst() }
        let mantissa = rest.prefix { $0 | 0x20 != UInt8(ascii: "e") }
        let fraction = mantissa.firstIndex(of: UInt8(ascii: ".")).map { mantissa[$0...].dropFirst() }
        let whole = mantissa.prefix { $0 != UInt8(ascii: ".") }
        digits = Array(whole) + (fraction.map(Array.init) ?? [])
        point = whole.count
        trim()
        guard !digits.isEmpty else { return }
        guard let shift = Self.exponent(rest[mantissa.endIndex...].dropFirst()) else { return nil }
        point += shift
    }

    private mutating func trim() {
        let zeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(zeros)
        point -= zeros
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        if digits.isEmpty { (isNegative, point) = (false, 0) }
    }

    private static func exponent(_ text: Substring.UTF8View) -> Int? {
        guard !text.isEmpty else { return 0 }
        return Int(Substring(text)).flatMap { -1 << 40..<1 << 40 ~= $0 ? $0 : nil }
    }

    var isWhole: Bool { point >= digits.count }

    /// Steps 5 to 12 of `Number::toString`.
    var ecmaScript: String {
        guard !digits.isEmpty else { return "0" }
        return (isNegative ? "-" : "") + String(decoding: magnitude, as: UTF8.self)
    }

    private var magnitude: [UInt8] {
        let zero = UInt8(ascii: "0")
        switch point {
        case ...21 where point >= digits.count:
            return digits + [UInt8](repeating: zero, count: point - digits.count)
        case 1...21: return digits[..<point] + [UInt8(ascii: ".")] + digits[point...]
        case -5...0: return Array("0.".utf8) + [UInt8](repeating: zero, count: -point) + digits
        default:
            let fraction = digits.count > 1 ? [UInt8(ascii: ".")] + digits[1...] : []
            return digits[..<1] + fraction + Array("e\(point > 0 ? "+" : "-")\(abs(point - 1))".utf8)
        }
    }
}
