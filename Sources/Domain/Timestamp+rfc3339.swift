extension Timestamp {
    /// Reads a day, which stands for its first second in UTC, or a time as ``init(rfc3339:)`` does.
    package init?(dayOrTime text: String) {
        if let date = CalendarDate(text) {
            self.init(seconds: date.daysSince1970 * 86_400)
        } else {
            self.init(rfc3339: text)
        }
    }

    /// Reads a time as RFC 3339 writes it, such as `2027-01-31T12:00:00Z`. Nil for anything else. A leap second is the one
    /// that follows it, fractions finer than microseconds are cut.
    package init?(rfc3339 text: String) {
        let parts = text.split(separator: "T", omittingEmptySubsequences: false)
        guard parts.count == 2, let date = CalendarDate(String(parts[0])),
            let (clock, offset) = Self.split(parts[1]), let time = Self.microseconds(of: clock)
        else { return nil }
        self.init(microseconds: (date.daysSince1970 * 86_400 - offset) * 1_000_000 + time)
    }

    /// The time of the day, and how many seconds its zone is ahead of UTC.
    private static func split(_ text: Substring) -> (clock: Substring, offset: Int64)? {
        if text.hasSuffix("Z") { return (text.dropLast(), 0) }
        let zone = text.suffix(6)
        guard zone.count == 6, let hours = digits(zone.dropFirst().prefix(2), below: 24),
            let minutes = digits(zone.suffix(2), below: 60), zone.dropFirst(3).first == ":"
        else { return nil }
        let seconds = hours * 3600 + minutes * 60
        switch zone.first {
        case "+": return (text.dropLast(6), seconds)
        case "-": return (text.dropLast(6), -seconds)
        default: return nil
        }
    }

    /// Reads `HH:MM:SS` with an optional fraction.
    private static func microseconds(of clock: Substring) -> Int64? {
        let halves = clock.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fields = (halves.first ?? "").split(separator: ":", omittingEmptySubsequences: false)
        guard fields.count == 3, let hour = digits(fields[0], below: 24), let minute = digits(fields[1], below: 60),
            let second = digits(fields[2], below: 61)
        else { return nil }
        guard halves.count == 2 else { return (hour * 3600 + minute * 60 + second) * 1_000_000 }
        guard let fraction = fraction(halves[1]) else { return nil }
        return (hour * 3600 + minute * 60 + second) * 1_000_000 + fraction
    }

    private static func fraction(_ text: Substring) -> Int64? {
        guard 1...9 ~= text.utf8.count, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        return Int64((text + "00000").prefix(6))
    }

    private static func digits(_ text: Substring, below limit: Int64) -> Int64? {
        guard text.utf8.count == 2, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let number = Int64(text) else {
            return nil
        }
        return number < limit ? number : nil
    }
}
