import TestSupport

/// Makes JSON texts of random shape and spacing, and breaks them.
struct JSONTextGenerator {
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    private static let scalars = pieces([
        "null", "true", "false", "0", "-0", "7", "-12", "1.50", "1e3", "2E-2", "0.1e+1", "9007199254740993",
        "9223372036854775807", "-9223372036854775808", "123456789.0125",
    ])
    private static let strings = pieces([
        "a", "b", "key", "", "é", "日本", "🍁", "\\n", "\\\"", "\\\\", "\\/", "\\b\\f\\r\\t", "\\u0041", "\\u00e9",
        "\\ud83c\\udf41", "\\u0000", " ", "\u{7F}", "x\\u20ACy",
    ])
    private static let spaces = pieces(["", "", "", "", " ", "\n", "\t", "\r\n", "  "])
    /// Bytes that are likely to change what a text means.
    private static let breakers =
        Array("{}[]\":,\\u0123eE+-.tfn \n\t/*'abdDF".utf8)
        + [0x00, 0x01, 0x1F, 0x7F, 0x80, 0xBF, 0xC0, 0xC3, 0xE2, 0xED, 0xA0, 0xF0, 0xF4, 0xFE, 0xFF]

    private static func pieces(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }

    mutating func text() -> [UInt8] {
        var text: [UInt8] = []
        space(&text)
        value(&text, depth: 0)
        space(&text)
        return text
    }

    /// The text with up to three bytes removed, put in or replaced, or with its end cut off.
    mutating func broken(_ text: [UInt8]) -> [UInt8] {
        var text = text
        for _ in 0...random.below(3) {
            guard !text.isEmpty else { return text }
            let place = random.below(text.count)
            switch random.below(8) {
            case 0: text.remove(at: place)
            case 1: text.removeSubrange(place...)
            case 2: text.insert(text[random.below(text.count)], at: place)
            case 3, 4: text.insert(random.pick(Self.breakers), at: place)
            default: text[place] = random.pick(Self.breakers)
            }
        }
        return text
    }

    private mutating func value(_ text: inout [UInt8], depth: Int) {
        switch random.below(depth > 2 ? 3 : 6) {
        case 0, 1: text += random.pick(Self.scalars)
        case 2: string(&text)
        case 3: list(&text, "[", "]") { generator, text in generator.value(&text, depth: depth + 1) }
        default:
            list(&text, "{", "}") { generator, text in
                generator.string(&text)
                generator.space(&text)
                text.append(UInt8(ascii: ":"))
                generator.space(&text)
                generator.value(&text, depth: depth + 1)
            }
        }
    }

    private mutating func list(
        _ text: inout [UInt8], _ open: Unicode.Scalar, _ close: Unicode.Scalar,
        _ element: (inout JSONTextGenerator, inout [UInt8]) -> Void
    ) {
        text.append(UInt8(ascii: open))
        space(&text)
        for index in 0..<random.below(4) {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            space(&text)
            element(&self, &text)
            space(&text)
        }
        text.append(UInt8(ascii: close))
    }

    private mutating func string(_ text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        for _ in 0...random.below(2) { text += random.pick(Self.strings) }
        text.append(UInt8(ascii: "\""))
    }

    private mutating func space(_ text: inout [UInt8]) { text += random.pick(Self.spaces) }
}
