/// A point in time: microseconds since 1970-01-01 00:00 UTC.
public struct Timestamp: Hashable, Comparable, Sendable {
    public let microseconds: Int64

    public init(microseconds: Int64) { self.microseconds = microseconds }
    public init(seconds: Int64) { microseconds = seconds * 1_000_000 }

    public var seconds: Int64 { microseconds.floorDivided(by: 1_000_000) }
    public var milliseconds: Int64 { microseconds.floorDivided(by: 1_000) }
    public var date: CalendarDate { CalendarDate(daysSince1970: seconds.floorDivided(by: 86_400)) }

    public func adding(seconds: Int64) -> Timestamp { Timestamp(microseconds: microseconds + seconds * 1_000_000) }

    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 with microseconds, such as `2026-11-23T06:10:00.000123Z`.
    ///
    /// Written digit by digit: each record holds several, and putting them together from strings took longer than all
    /// the rest of a record.
    public var description: String {
        guard 0...9_999 ~= date.civil.year else { return "\(date)" }
        return String(unsafeUninitializedCapacity: Self.textLength) { write(into: $0) }
    }

    /// Bytes of the description, for ``write(into:)``.
    public static let textLength = 27

    /// Writes the description into memory that has room for it.
    ///
    /// - Returns: how many bytes that took; 0 in a year that doesn't have four digits.
    public func write(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let (year, month, day) = date.civil
        guard 0...9_999 ~= year, buffer.count >= Self.textLength else { return 0 }
        let second = Int(seconds.floorRemainder(by: 86_400))
        let fraction = Int(microseconds.floorRemainder(by: 1_000_000))
        var writer = DigitWriter(buffer)
        writer.put(Int(year) / 100)
        writer.put(Int(year) % 100, then: UInt8(ascii: "-"))
        writer.put(Int(month), then: UInt8(ascii: "-"))
        writer.put(Int(day), then: UInt8(ascii: "T"))
        writer.put(second / 3600, then: UInt8(ascii: ":"))
        writer.put(second / 60 % 60, then: UInt8(ascii: ":"))
        writer.put(second % 60, then: UInt8(ascii: "."))
        writer.put(fraction / 10_000)
        writer.put(fraction / 100 % 100)
        writer.put(fraction % 100, then: UInt8(ascii: "Z"))
        return writer.count
    }

    /// The form AWS signs with, such as `20261123T061000Z`.
    public var compact: String {
        let second = Int(seconds.floorRemainder(by: 86_400))
        return "\(date.compact)T\(padded(second / 3600, 2))\(padded(second / 60 % 60, 2))\(padded(second % 60, 2))Z"
    }
}

/// A day of the Gregorian calendar, in UTC.
public struct CalendarDate: Hashable, Comparable, Sendable {
    public let daysSince1970: Int64

    public init(daysSince1970: Int64) { self.daysSince1970 = daysSince1970 }

    /// Reads `YYYY-MM-DD`. Nil for any other form, and for days that no month has.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.map(\.utf8.count) == [4, 2, 2], parts.allSatisfy({ $0.allSatisfy(\.isNumber) }),
            let year = Int64(parts[0]), let month = Int64(parts[1]), let day = Int64(parts[2]), 1...12 ~= month
        else { return nil }
        let candidate = Self.days(year: year, month: month, day: day)
        self.init(daysSince1970: candidate)
        guard civil == (year, month, day) else { return nil }
    }

    /// The first day of its month.
    public var monthStart: CalendarDate { CalendarDate(daysSince1970: daysSince1970 - civil.day + 1) }

    /// The first day of the month after it.
    public var nextMonthStart: CalendarDate {
        // No month has more than 31 days, and none fewer than 28.
        CalendarDate(daysSince1970: monthStart.daysSince1970 + 31).monthStart
    }

    public func adding(days: Int) -> CalendarDate { CalendarDate(daysSince1970: daysSince1970 + Int64(days)) }

    public static func < (left: CalendarDate, right: CalendarDate) -> Bool {
        left.daysSince1970 < right.daysSince1970
    }

    /// Days from a civil date and back: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted.floorDivided(by: 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    fileprivate var civil: (year: Int64, month: Int64, day: Int64) {
        let shifted = daysSince1970 + 719_468
        let era = shifted.floorDivided(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// `YYYYMMDD`.
    public var compact: String {
        let (year, month, day) = civil
        return "\(padded(Int(year), 4))\(padded(Int(month), 2))\(padded(Int(day), 2))"
    }
}

extension CalendarDate: CustomStringConvertible {
    /// `YYYY-MM-DD`.
    public var description: String {
        let (year, month, day) = civil
        return "\(padded(Int(year), 4))-\(padded(Int(month), 2))-\(padded(Int(day), 2))"
    }
}

extension Int64 {
    func floorDivided(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }

    func floorRemainder(by divisor: Int64) -> Int64 {
        let remainder = self % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}

/// Writes numbers of two digits into memory that has room for them.
private struct DigitWriter {
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(_ buffer: UnsafeMutableBufferPointer<UInt8>) { self.buffer = buffer }

    @inline(__always)
    mutating func put(_ number: Int) {
        buffer[count] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number / 10)
        buffer[count &+ 1] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number % 10)
        count &+= 2
    }

    @inline(__always)
    mutating func put(_ number: Int, then separator: UInt8) {
        put(number)
        buffer[count] = separator
        count &+= 1
    }
}

private func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
