/// A decimal number of an invoice, in trillionths. What is smaller than that is left out.
enum InvoiceNumber {
    static let one: Int128 = 1_000_000_000_000
    private static let mostDigits = 18
    private static let powers: [Int128] = (0...30).reduce(into: [1]) { powers, _ in
        powers.append((powers.last ?? 1) * 10)
    }

    /// Reads `12`, `-0.5` or `1.2E-5`. Nil for anything else, and for numbers that no invoice has.
    static func read(_ text: String) -> Int128? {
        let sides = text.split(omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        guard (1...2).contains(sides.count), let mantissa = sides.first else { return nil }
        var exponent = 0
        if sides.count == 2 {
            guard sides[1].utf8.count <= 4, let number = Int(sides[1]), abs(number) <= 30 else { return nil }
            exponent = number
        }
        let isNegative = mantissa.hasPrefix("-")
        let parts = (isNegative ? mantissa.dropFirst() : mantissa).split(
            separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = parts.first, 1...mostDigits ~= whole.utf8.count else {
            return nil
        }
        let fraction = parts.count == 2 ? parts[1].prefix(mostDigits) : ""
        let digits = whole + fraction
        let isNumber =
            parts.allSatisfy { $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } } && (parts.count == 1 || !parts[1].isEmpty)
        guard isNumber, let value = Int128(digits) else { return nil }
        let shift = 12 - fraction.utf8.count + exponent
        guard let number = scaled(value, by: shift) else { return nil }
        return isNegative ? -number : number
    }

    private static func scaled(_ value: Int128, by shift: Int) -> Int128? {
        guard shift >= 0 else { return powers.indices.contains(-shift) ? value / powers[-shift] : 0 }
        guard powers.indices.contains(shift) else { return nil }
        let (product, isTooMuch) = value.multipliedReportingOverflow(by: powers[shift])
        return isTooMuch || product > one * one ? nil : product
    }
}
