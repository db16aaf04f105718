import Testing
import Wire

@Suite struct ChatScanTests {
    @Test func `the members that decide are found and the rest is left alone`() throws {
        let scan = try scan(
            #"""
            {"temperature":2e999,"model":"a/b\n","messages":[{"role":"x"}],"stream":true,"seed":[1,{}],
             "stream_options":{"include_obfuscation":false,"include_usage":true},"allow_fallbacks":false,
             "pii_substitution":"required","privacy_tier":"customer_premises"}
            """#)
        #expect(scan.model == "a/b\n" && scan.isStreamed && scan.includesUsage)
        #expect(scan.allowsFallbacks == false && scan.substitution == .required)
        #expect(scan.privacyTier == "customer_premises")
    }

    @Test func `what isn't said has no value`() throws {
        let scan = try scan(#"{"model":"m","messages":[0]}"#)
        #expect(!scan.isStreamed && !scan.includesUsage && scan.allowsFallbacks == nil)
        #expect(scan.substitution == nil && scan.privacyTier == nil)
    }

    @Test(arguments: ["stream", "stream_options", "allow_fallbacks", "pii_substitution", "privacy_tier"])
    func `null is as good as absent`(_ member: String) throws {
        let scan = try scan("{\"model\":\"m\",\"messages\":[0],\"\(member)\":null}")
        #expect(!scan.isStreamed && !scan.includesUsage && scan.allowsFallbacks == nil)
        #expect(scan.substitution == nil && scan.privacyTier == nil)
    }

    @Test func `usage asked for with null is not asked for`() throws {
        let text = #"{"model":"m","messages":[0],"stream":true,"stream_options":{"include_usage":null}}"#
        #expect(try !scan(text).includesUsage)
    }

    @Test(
        arguments: [("false", .off), ("true", .on), (#""required""#, .required)] as [(String, PIISubstitutionChoice)])
    func `substitution is false, true or required`(_ value: String, _ choice: PIISubstitutionChoice) throws {
        #expect(try scan(with: "pii_substitution", value).substitution == choice)
    }

    @Test(
        arguments: [
            ("true", .on), ("FALSE", .off), ("Required", .required), ("on", nil), ("", nil), (" true", nil),
        ] as [(String, PIISubstitutionChoice?)])
    func `the header field takes three words and guesses at no other`(_ text: String, _ choice: PIISubstitutionChoice?)
    {
        #expect(PIISubstitutionChoice(header: text) == choice)
    }

    @Test(arguments: [
        ("model", "null"), ("model", "7"), ("model", #"["m"]"#), ("messages", "null"), ("messages", #""hi""#),
        ("messages", "{}"), ("stream", #""true""#), ("stream", "1"), ("stream_options", "true"),
        ("stream_options", "[]"), ("allow_fallbacks", #""no""#), ("allow_fallbacks", "{}"),
        ("pii_substitution", #""on""#), ("pii_substitution", "1"), ("pii_substitution", "[true]"),
        ("privacy_tier", "1"), ("privacy_tier", "true"),
    ])
    func `a member of another type is refused by its name`(_ member: String, _ value: String) {
        guard case .type(member, _) = error(body(with: member, value)) else {
            Issue.record("\(String(describing: error(body(with: member, value))))")
            return
        }
    }

    @Test func `a usage option of another type is refused by its whole name`() {
        let error = error(body(with: "stream_options", #"{"include_usage":"yes"}"#))
        #expect(error == .type("stream_options.include_usage", expected: .flag))
    }

    @Test(arguments: members)
    func `a key that occurs twice is refused where it is acted on`(_ member: String) {
        var text = body(with: member, Self.values[member] ?? "null")
        text = "{\"\(member)\":\(Self.values[member] ?? "null")," + text.dropFirst()
        #expect(error(text) == .repeated(member))
    }

    @Test(arguments: members)
    func `a key written with escapes is refused where it is acted on`(_ member: String) {
        let hidden = "\\u00" + String(member.utf8.first ?? 0, radix: 16) + member.dropFirst()
        #expect(error("{\"model\":\"m\",\"messages\":[0],\"\(hidden)\":null}") == .escaped(member))
    }

    @Test func `a usage option that is repeated or written with escapes is refused`() {
        let name = "stream_options.include_usage"
        let twice = body(with: "stream_options", #"{"include_usage":true,"include_usage":false}"#)
        #expect(error(twice) == .repeated(name))
        #expect(error(body(with: "stream_options", #"{"include\u005fusage":true}"#)) == .escaped(name))
    }

    @Test func `other members may be repeated and escaped because nobody here acts on them`() throws {
        _ = try scan(#"{"seed":1,"seed":2,"to\u006fls":[],"Model":3,"model":"m","messages":[0],"mode":1,"models":[]}"#)
    }

    @Test func `a key inside a message or a tool is not ours`() throws {
        let text = #"{"model":"m","messages":[{"model":1,"stream":2,"stream":3}],"tools":[{"model":[]}]}"#
        #expect(try scan(text).model == "m")
    }

    @Test(arguments: [(#"{"messages":[0]}"#, "model"), (#"{"model":"m"}"#, "messages"), ("{}", "model")])
    func `a missing member is named`(_ text: String, _ member: String) {
        #expect(error(text) == .missing(member))
    }

    @Test(arguments: ["[]", " [ ]"])
    func `an empty conversation is refused`(_ messages: String) {
        guard case .value("messages", _) = error("{\"model\":\"m\",\"messages\":\(messages)}") else {
            Issue.record("accepted")
            return
        }
    }

    @Test(arguments: ["[]", "null", "\"{}\"", "7"])
    func `a body that is no object is refused as such`(_ text: String) {
        #expect(error(text) == .type("body", expected: .object))
    }

    @Test(arguments: [
        "", "{", #"{"model":"m","messages":[0]"#, #"{"model":"m","messages":[0]}}"#, #"{"model":"m","messages":[0],}"#,
        #"{"model":"m","messages":[0]} {}"#, #"{"model":"m","messages":[0}"#, "{\"model\":\"m\u{1}\",\"messages\":[0]}",
        #"{"model":"m","messages":["\ud800"]}"#, #"{"model":"m","messages":[,]}"#,
    ])
    func `the whole body is checked to be JSON`(_ text: String) {
        guard case .json = error(text) else {
            Issue.record("\(String(describing: error(text)))")
            return
        }
    }

    @Test func `a body that is not UTF-8 is refused`() {
        let text = Array(#"{"model":"m","messages":["?"]}"#.utf8)
        let broken = text.map { $0 == UInt8(ascii: "?") ? 0xFF : $0 }
        #expect(error(broken) == .json(JSONError(offset: 26, reason: .badUTF8)))
    }

    // MARK: Helpers

    private static let members = [
        "model", "messages", "stream", "stream_options", "allow_fallbacks", "pii_substitution", "privacy_tier",
    ]
    private static let values = ["model": #""m""#, "messages": "[0]"]

    /// A body in which one member has this value.
    private func body(with member: String, _ value: String) -> String {
        var all = Self.values
        all[member] = value
        return "{" + all.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    private func scan(with member: String, _ value: String) throws -> ChatScan {
        try scan(body(with: member, value))
    }

    private func scan(_ text: String) throws -> ChatScan {
        try Array(text.utf8).withUnsafeBytes { try ChatScan($0) }
    }

    private func error(_ text: String) -> OpenAIRequestError? { error(Array(text.utf8)) }

    private func error(_ text: [UInt8]) -> OpenAIRequestError? {
        text.withUnsafeBytes { bytes in
            do throws(OpenAIRequestError) {
                _ = try ChatScan(bytes)
                return nil
            } catch {
                return error
            }
        }
    }
}
