/// A whole number that isn't negative, as logs write it: digits without leading zeros.
enum Decimal {
    /// Digits that are read. It is more than any log needs, and leaves room to calculate with what was read.
    static let digitLimit = 18

    /// Nil for any other form, and for more than ``digitLimit`` digits.
    static func decoded(_ text: some Collection<UInt8>) -> Int? {
        guard 1...digitLimit ~= text.count, text.count == 1 || text.first != UInt8(ascii: "0") else { return nil }
        var number = 0
        for byte in text {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return number
    }
}
