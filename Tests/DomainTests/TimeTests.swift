import Domain
import Foundation
import Testing

@Suite struct CalendarDateTests {
    @Test func `every day of four hundred years reads back as it is written`() {
        var date = CalendarDate(daysSince1970: -146_097 + 30_000)
        var last = ""
        for _ in 0..<146_097 {
            let text = date.description
            if CalendarDate(text) != date || text <= last { Issue.record("\(text) after \(last)") }
            last = text
            date = date.adding(days: 1)
        }
    }

    @Test(
        arguments: [
            ("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2026-11-23", 20_780),
            ("0000-03-01", -719_468),
            ("9999-12-31", 2_932_896), ("1600-02-29", -135_081),
        ] as [(String, Int64)])
    func `days are counted from 1970`(_ text: String, _ days: Int64) {
        #expect(CalendarDate(text)?.daysSince1970 == days && CalendarDate(daysSince1970: days).description == text)
    }

    @Test(arguments: [
        "2023-02-29", "1900-02-29", "2100-02-29", "2024-02-30", "2024-04-31", "2024-00-01", "2024-13-01", "2024-01-00",
        "2024-01-32", "2024-1-01", "24-01-01", "2024-01-1", "2024/01/01", "20240101", "2024-01-01Z", " 2024-01-01", "",
        "-024-01-01", "+024-01-01", "2024--1-01", "2024-+1-01", "٢٠٢٤-01-01", "2024-0½-01", "2024-½-01",
        "2024-01-01-01",
    ])
    func `what no calendar has is no date`(_ text: String) {
        #expect(CalendarDate(text) == nil)
    }

    @Test func `dates are ordered as their texts are`() throws {
        let early = try #require(CalendarDate("2026-09-30"))
        #expect(early < early.adding(days: 1) && early.adding(days: 1).description == "2026-10-01")
        #expect(early.compact == "20260930" && early.adding(days: -273).description == "2025-12-31")
    }
}

@Suite struct TimestampTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
            (-86_400_000_001, "1969-12-30T23:59:59.999999Z"), (1_795_414_200_000_123, "2026-11-23T06:10:00.000123Z"),
            (951_868_799_999_999, "2000-02-29T23:59:59.999999Z"),
            (-62_167_219_200_000_000, "0000-01-01T00:00:00.000000Z"),
            (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
        ] as [(Int64, String)])
    func `a time is printed to the microsecond, before 1970 too`(_ microseconds: Int64, _ text: String) {
        #expect(Timestamp(microseconds: microseconds).description == text)
    }

    @Test func `years of more than four digits are printed without a crash`() {
        #expect(
            !Timestamp(microseconds: .max).description.isEmpty && !Timestamp(microseconds: .min).description.isEmpty)
        #expect(!Timestamp(microseconds: .max).compact.isEmpty && !Timestamp(microseconds: .min).compact.isEmpty)
    }

    @Test func `parts of a second before 1970 belong to the second before`() {
        let time = Timestamp(microseconds: -1)
        #expect(time.seconds == -1 && time.milliseconds == -1 && time.date.description == "1969-12-31")
        #expect(Timestamp(microseconds: -1_000_000).seconds == -1 && Timestamp(microseconds: 1_999_999).seconds == 1)
    }

    @Test func `the compact form is the one AWS signs with`() {
        #expect(Timestamp(seconds: 1_795_414_200).compact == "20261123T061000Z")
        #expect(Timestamp(seconds: 1_795_414_200).adding(seconds: -1).compact == "20261123T060959Z")
    }

    @Test func `times agree with Foundation's calendar`() {
        let formatter = ISO8601DateFormatter()
        for step in -300..<300 {
            let seconds = Int64(step) * 86_400 * 97 + Int64(step * 7_919)
            let theirs = formatter.string(from: Date(timeIntervalSince1970: TimeInterval(seconds)))
            let ours = Timestamp(seconds: seconds).description
            if ours != theirs.dropLast() + ".000000Z" { Issue.record("\(ours) \(theirs)") }
        }
    }
}
