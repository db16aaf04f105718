import TestSupport

/// Makes chat requests whose members come in random order with random white space.
struct ChatBodyGenerator {
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    private static let others = [
        #""temperature":0.50"#, #""seed":12345678901234567890"#, #""user":"Zoé \"Z\" \u0041,}{""#,
        #""tools":[{"type":"function","function":{"name":"allow_fallbacks","parameters":{"model":"x"}}}]"#,
        #""metadata":{"model":"no","stream":true}"#, #""stop":["}","\\"]"#, #""seed":1"#, #""n":null"#,
    ]
    private static let ours = [
        [#""allow_fallbacks":true"#, #""allow_fallbacks":null"#],
        [#""pii_substitution":false"#, #""pii_substitution":"required""#], [#""privacy_tier":"provider_api""#],
    ]
    private static let streams = [
        [#""stream":true"#], [#""stream":false"#], [], [#""stream":true"#, #""stream_options":{}"#],
        [#""stream":true"#, #""stream_options": { "include_usage" : false , "x":[1] } "#],
        [#""stream":true"#, #""stream_options":{"include_obfuscation":false}"#],
        [#""stream":true"#, #""stream_options":{"a":0,"a":1, "include_usage":null}"#],
        [#""stream":true"#, #""stream_options":{"include_usage":true}"#],
        [#""stream":true"#, #""stream_options":null"#],
        [#""stream":false"#, #""stream_options":{"include_usage":false}"#], [#""stream":null"#],
    ]
    private static let spaces = ["", "", "", " ", "\n  ", "\r\n", "\t"]

    mutating func body() -> String {
        var members = [#""model":"their/route""#, #""messages":[{"role":"user","content":"héllo ]}"}]"#]
        members += random.pick(Self.streams)
        for choices in Self.ours where random.isOneIn(2) { members.append(random.pick(choices)) }
        for other in Self.others where random.isOneIn(4) { members.append(other) }
        members.shuffle(using: &random)
        let texts = members.map { space() + spaced($0) + space() }
        return space() + "{" + texts.joined(separator: ",") + "}" + space()
    }

    /// Puts white space around the first colon, which stands behind the name.
    private mutating func spaced(_ member: String) -> String {
        guard let colon = member.firstIndex(of: ":") else { return member }
        return member[..<colon] + space() + ":" + space() + member[member.index(after: colon)...]
    }

    private mutating func space() -> String { random.pick(Self.spaces) }
}
