/// Check digits of the numbers that have them.
enum Checksum {
    /// ISO/IEC 7812-1, annex B.
    static func luhn(_ digits: some BidirectionalCollection<UInt8>) -> Bool {
        var (sum, doubles) = (0, false)
        for digit in digits.reversed() {
            let value = Int(digit) * (doubles ? 2 : 1)
            sum += value > 9 ? value - 9 : value
            doubles.toggle()
        }
        return sum % 10 == 0
    }

    /// Of British Columbia's health numbers: the eight digits after the first, modulo 11.
    static func britishColumbia(_ digits: ArraySlice<UInt8>) -> Bool {
        let weights = [2, 4, 8, 5, 10, 9, 7, 3]
        guard digits.count == 10, digits.first == 9, let check = digits.last else { return false }
        let sum = zip(digits.dropFirst(), weights).reduce(0) { $0 + Int($1.0) * $1.1 % 11 }
        return 11 - sum % 11 == Int(check)
    }

    /// Of the National Health Service of England and Wales.
    static func nationalHealthService(_ digits: ArraySlice<UInt8>) -> Bool {
        guard digits.count == 10, let check = digits.last else { return false }
        let sum = zip(digits, stride(from: 10, to: 1, by: -1)).reduce(0) { $0 + Int($1.0) * $1.1 }
        return (11 - sum % 11) % 11 == Int(check)
    }
}
