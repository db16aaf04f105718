/// Strings that are right where a schema asks for a form.
enum StringSamples {
    static let byFormat: [String: String] = [
        "date-time": "2026-01-02T03:04:05Z",
        "date": "2026-01-02",
        "time": "03:04:05Z",
        "duration": "P1D",
        "email": "user@example.com",
        "idn-email": "user@example.com",
        "uri": "https://example.com/",
        "url": "https://example.com/",
        "iri": "https://example.com/",
        "uri-reference": "/sample",
        "uuid": "00000000-0000-4000-8000-000000000001",
        "ipv4": "192.0.2.1",
        "ipv6": "2001:db8::1",
        "hostname": "example.com",
        "idn-hostname": "example.com",
        "json-pointer": "/sample",
        "regex": ".*",
        "byte": "c2FtcGxl",
        "binary": "sample",
    ]

    private static let byPattern = [
        "sample", "Sample", "SAMPLE", "a", "A", "1", "42", "100", "12345", "A1", "AB12", "ABC-123", "abc-123",
        "abc_123",
        "sample-1", "1.0", "1.0.0", "v1.0.0", "2026-01-02", "03:04", "03:04:05", "2026-01-02T03:04:05Z",
        "user@example.com", "https://example.com/", "example.com", "192.0.2.1", "#c8102e", "K1A 0B1", "K1A0B1",
        "12345-6789",
        "613-555-0100", "(613) 555-0100", "+16135550100", "00000000-0000-4000-8000-000000000001", "CA", "CAD", "en-CA",
        "Sample text", "/sample/path", "sample.txt", "0123456789abcdef",
    ]

    static func first(fitting pattern: String) -> String? {
        byPattern.first { fits($0, pattern) }
    }

    /// Whether a pattern occurs in a text; a pattern that cannot be read fits everything.
    ///
    /// Only short texts are tried: a pattern comes from outside, and some take exponential time.
    static func fits(_ text: String, _ pattern: String) -> Bool {
        guard pattern.utf8.count <= 500, let expression = try? Regex(pattern) else { return true }
        return text.utf8.count <= 40 && (try? expression.firstMatch(in: text)) ?? nil != nil
    }
}
