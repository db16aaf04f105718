package import Domain

extension Timestamp {
    /// Reads a time such as `2026-11-26T06:10:00Z`, with or without a fraction, or with an offset in the place of `Z`.
    package init?(rfc3339 text: String) {
        let parts = text.split(separator: "T", omittingEmptySubsequences: false)
        guard parts.count == 2, let day = CalendarDate(String(parts[0])) else { return nil }
        let clock = parts[1].prefix(8)
        guard let seconds = Self.seconds(of: clock), let offset = Self.offset(parts[1].dropFirst(8)) else { return nil }
        self.init(seconds: day.daysSince1970 * 86_400 + seconds - offset)
    }

    /// `HH:MM:SS`
    private static func seconds(of clock: Substring) -> Int64? {
        let numbers = clock.split(separator: ":", omittingEmptySubsequences: false).map { number($0) }
        guard numbers.count == 3, let hour = numbers[0], let minute = numbers[1], let second = numbers[2],
            hour < 24, minute < 60, second <= 60
        else { return nil }
        return hour * 3_600 + minute * 60 + second
    }

    /// What stands behind the seconds: a fraction, which is left out, and the offset from UTC.
    private static func offset(_ text: Substring) -> Int64? {
        var text = text
        if text.first == "." {
            let fraction = text.dropFirst().prefix { $0.isASCII && $0.isNumber }
            guard !fraction.isEmpty else { return nil }
            text = text.dropFirst(1 + fraction.utf8.count)
        }
        if text == "Z" { return 0 }
        let numbers = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false).map { number($0) }
        guard numbers.count == 2, let hour = numbers[0], let minute = numbers[1], hour < 24, minute < 60 else {
            return nil
        }
        switch text.first {
        case "+": return hour * 3_600 + minute * 60
        case "-": return -(hour * 3_600 + minute * 60)
        default: return nil
        }
    }

    /// Two digits.
    private static func number(_ text: Substring) -> Int64? {
        text.utf8.count == 2 && text.utf8.allSatisfy { 0x30...0x39 ~= $0 } ? Int64(text) : nil
    }
}
