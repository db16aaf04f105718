extension Sequence<UInt8> {
    /// Two hexadecimal digits a byte, in lower case.
    package var hex: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}

enum HexDigit {
    /// The digit of the lowest four bits.
    static func lowercase(_ bits: UInt64) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: bits & 15)
        return value + (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
    }
}
