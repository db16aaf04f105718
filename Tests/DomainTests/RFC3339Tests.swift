import Domain
import Testing

@Suite struct RFC3339Tests {
    @Test(arguments: [
        ("1970-01-02", 86_400_000_000), ("1970-01-01T00:00:01Z", 1_000_000), ("1970-01-01T00:00:00.000001Z", 1),
        ("1970-01-01T01:00:00+01:00", 0), ("1969-12-31T23:00:00-01:30", 1_800_000_000),
        ("1970-01-01T00:00:00.123456789Z", 123_456),
    ])
    func `times of RFC 3339 and plain days are read`(text: String, microseconds: Int64) {
        #expect(Timestamp(dayOrTime: text)?.microseconds == microseconds)
    }

    @Test(arguments: [
        "", "T", "2027-1-1", "2027-02-30", "2027-01-01T", "2027-01-01T12:00Z", "2027-01-01T12:00:00",
        "2027-01-01T24:00:00Z", "2027-01-01T12:60:00Z", "2027-01-01T12:00:00.Z", "2027-01-01T12:00:00+0100",
        "2027-01-01T12:00:00+25:00", "2027-01-01T12:00:00ZT", "2027-01-01 12:00:00Z", "2027-01-01T12:00:00.1234567890Z",
        "２０２７-01-01",
    ])
    func `anything else is not`(text: String) {
        #expect(Timestamp(dayOrTime: text) == nil)
    }

    @Test func `a day is no time`() {
        #expect(Timestamp(rfc3339: "2027-01-01") == nil)
    }
}
