import Domain
import Testing

@testable import Privacy

struct StructuredRecognizerTests {
    @Test(arguments: StructuredCases.all)
    func `finds the spans that are marked and no others`(_ cases: StructuredCases.Cases) {
        for text in cases.texts.split(separator: "\n") {
            let (plain, expected) = StructuredCases.unmark(text)
            let found = Self.entities(in: plain)
            #expect(found.map(\.text) == expected, "\(cases.type): \(text)")
            #expect(found.allSatisfy { $0.type == cases.type }, "\(cases.type): \(text)")
        }
    }

    @Test(arguments: StructuredCases.all)
    func `leaves what only looks alike`(_ cases: StructuredCases.Cases) {
        for text in cases.lookalikes.split(separator: "\n") {
            let (plain, _) = StructuredCases.unmark(text)
            #expect(Self.entities(in: plain).map(\.text) == [], "\(cases.type): \(text)")
        }
    }

    @Test func `finds several kinds in one text`() {
        let text = """
            Maria (b. unknown), SIN 012 345 674, lives at 14 Larch Street, K2P 1L4.
            Call 613-555-0142 or write maria@example.com from 203.0.113.7.
            """
        let found = Self.entities(in: text)
        #expect(found.map(\.type) == [.canadianSIN, .location, .location, .phone, .email, .ipAddress])
    }

    @Test func `takes the answer to a question for what was asked`() {
        let asked = Self.entities(in: "And a phone number for the order?\nCustomer: 4165550127")
        #expect(asked.map(\.text) == ["4165550127"] && asked.first?.type == .phone)
        #expect(Self.entities(in: "Which phone did you order?\nThe parcel has the number 4165550127").isEmpty)
    }

    @Test func `knows the columns of a dump of SQL, whose rows have tabs`() {
        let dump = "COPY members (sin, surname) FROM stdin;\n541920872\tPelletier\n918304759\tCardinal\n\\."
        #expect(Self.entities(in: dump).map(\.text) == ["541920872", "918304759"])
    }

    @Test func `keeps to whole characters whatever surrounds a span`() {
        for around in ["é", "’", "😀", "\u{A0}", "日", "\u{301}"] {
            let text = Array("\(around) jo@example.com\(around) 613-555-0142\(around)14 Larch Street\(around)".utf8)
            for entity in Self.scan(text) {
                #expect(String(validating: text[entity.range], as: UTF8.self) != nil)
            }
        }
    }

    @Test func `bears a text that ends anywhere`() {
        let text = Array(StructuredCases.all.map(\.texts).joined(separator: "\n").utf8)
        for start in stride(from: 0, to: text.count, by: 97) {
            for end in start..<min(start + 97, text.count) { Self.scan(Array(text[start..<end])) }
        }
    }

    @Test(arguments: StructuredCases.hostile)
    func `ends on a text that repeats what could begin something`(_ unit: [UInt8]) {
        var text: [UInt8] = []
        while text.count < 1 << 13 { text += unit }
        for entity in Self.scan(text) { #expect(entity.range.upperBound <= text.count) }
    }

    @Test func `bears bytes that aren't UTF-8`() {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        let interesting = Array("0123456789@+().:-/ ,#'\nabAB\u{E9}".utf8) + [0xE2, 0x80, 0xC3, 0xF0, 0xFF, 0x00]
        for _ in 0..<400 {
            var text: [UInt8] = []
            for _ in 0..<200 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text.append(interesting[Int(state >> 33) % interesting.count])
            }
            for entity in Self.scan(text) { #expect(entity.range.upperBound <= text.count && !entity.range.isEmpty) }
        }
    }

    struct Found: Equatable {
        var type: EntityType
        var text: String
    }

    private static func entities(in text: String) -> [Found] {
        let bytes = Array(text.utf8)
        return scan(bytes).map { Found(type: $0.type, text: String(decoding: bytes[$0.range], as: UTF8.self)) }
    }

    @discardableResult
    private static func scan(_ bytes: [UInt8]) -> [Entity] {
        bytes.withUnsafeBufferPointer { EntityFinder(names: nil).entities(in: $0) }
    }
}

extension StructuredCases {
    struct Cases: CustomTestStringConvertible, Sendable {
        var type: EntityType
        var texts: String
        var lookalikes: String
        var testDescription: String { type.name }
    }

    static let all: [Cases] = [
        Cases(type: .email, texts: emails, lookalikes: notEmails),
        Cases(type: .phone, texts: phones, lookalikes: notPhones),
        Cases(type: .usSSN, texts: socialSecurity, lookalikes: notSocialSecurity),
        Cases(type: .canadianSIN, texts: socialInsurance, lookalikes: notSocialInsurance),
        Cases(type: .creditCard, texts: cards, lookalikes: notCards),
        Cases(type: .ipAddress, texts: addresses, lookalikes: notAddresses),
        Cases(type: .iban, texts: accounts, lookalikes: notAccounts),
        Cases(type: .healthNumber, texts: healthNumbers, lookalikes: notHealthNumbers),
        Cases(type: .dateOfBirth, texts: births, lookalikes: notBirths),
        Cases(type: .location, texts: streets, lookalikes: notStreets),
        Cases(type: .location, texts: codes, lookalikes: notCodes),
    ]

    /// A text without its marks, and what stood between them.
    static func unmark(_ marked: Substring) -> (text: String, entities: [String]) {
        var (text, entities, isInside) = ("", [String](), false)
        for character in marked {
            switch character {
            case "⟦":
                isInside = true
                entities.append("")
            case "⟧": isInside = false
            default:
                let character = character == "⏎" ? "\n" : character
                text.append(character)
                if isInside { entities[entities.count - 1].append(character) }
            }
        }
        return (text, entities)
    }

    /// What begins candidates, to be repeated.
    static let hostile: [[UInt8]] =
        [
            "1", "@", "+", "(", ":", "a", "é", ".", "a@", "a@a.", "1.", "1-", "1 ", "+1", "(1", "1(", "::", "a:",
            "rue ",
            "12 A ", "1 St ", "PO Box ", "RR ", "\"", ",", "Apt ", "GB29 ", "ABCD 1234 ", "K1A ", "\n", "D.O.B. ",
            "May 1 ",
            "born ", "1 a b c d e f ", "SIN 1 ", "1/", "aA", "tel ", "1234 5678 ", "12345678901234567890", "- ",
            "\u{301}",
            "1st ", "rue de la ", "1 rue A-", "a-1", "1:", "fe80:", "phone,", "\n,", "1 Range Road ", "x@é",
        ].map { Array($0.utf8) } + [[0xE2, 0x80], [0xFF], [0x80], [0xC3], [0xE2], [0x31, 0xE2, 0x80], [0x40, 0xC3]]
}
