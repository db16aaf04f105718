import Domain
import Privacy
import Testing

/// Thousands of requests from parts that get in each other's way: few names in many forms, numbers in many formats.
@Suite struct SubstitutionPropertyTests {
    @Test(arguments: 0..<4) func `nothing leaks and everything comes back`(seed: UInt64) throws {
        var draws = SteadyDraws(state: seed)
        for _ in 0..<100 {
            let marked = (0..<Int.random(in: 1...4, using: &draws)).map { _ in Self.text(&draws) }
            let rig = try Rig(marked)
            for (text, sent) in zip(rig.texts, rig.sent) {
                #expect(rig.restored(sent) == text.text, "\(marked) became \(rig.sent)")
                for (value, type) in text.originals {
                    for part in Self.telling(value, type) where !Self.outside(text).mentions(part) {
                        #expect(!sent.mentions(part), "\(part) of \(marked) in \(rig.sent)")
                    }
                }
            }
            try Self.expectSameWhenGrown(marked, rig, &draws)
            Self.expectSameInPieces(rig, &draws)
        }
    }

    private static func expectSameWhenGrown(_ marked: [String], _ rig: Rig, _ draws: inout SteadyDraws) throws {
        #expect(try Rig(marked).sent == rig.sent)
        // What comes later holds no stand-in of before here.
        let later = marked + ["And {n:Wietske Oyelaran} of {l:Gravelbourg}."]
        #expect(Array(try Rig(later).sent.dropLast()) == rig.sent)
    }

    private static func expectSameInPieces(_ rig: Rig, _ draws: inout SteadyDraws) {
        guard let restoration = rig.substitution.restoration else { return }
        for (text, sent) in zip(rig.texts, rig.sent) {
            var pieces: [ArraySlice<UInt8>] = []
            var rest = Array(sent.utf8)[...]
            while !rest.isEmpty {
                let length = Int.random(in: 1...12, using: &draws)
                pieces.append(rest.prefix(length))
                rest = rest.dropFirst(length)
            }
            #expect(restoration.streamed(pieces) == Array(text.text.utf8))
        }
    }
}

extension SubstitutionPropertyTests {
    private static func text(_ draws: inout SteadyDraws) -> String {
        (0..<Int.random(in: 1...6, using: &draws)).map { _ in
            let kind = kinds[Int.random(in: 0..<kinds.count, using: &draws)]
            let value = kind.values[Int.random(in: 0..<kind.values.count, using: &draws)]
            let glue = glues[Int.random(in: 0..<glues.count, using: &draws)]
            return cased(value, &draws, type: kind.mark).map { "{\(kind.mark):\($0)}\(glue)" } ?? value + glue
        }.joined()
    }

    /// Another case now and then; nil for a value that isn't marked.
    private static func cased(_ value: String, _ draws: inout SteadyDraws, type: String) -> String? {
        switch Int.random(in: 0..<10, using: &draws) {
        case 0: type == "n" || type == "l" ? value.uppercased() : value
        case 1: type == "n" ? value.lowercased() : value
        case 2: nil
        default: value
        }
    }

    private static let glues = [
        " ", ", ", "\n", " and ", ". ", " (A) ", "; 12 ", "/", "\\n", " – ", ": ", " 613 ", "! ",
    ]

    private static let kinds: [(mark: String, values: [String])] = [
        (
            "n",
            [
                "Jane Doe", "Doe, Jane", "Jane", "Doe", "J. Doe", "A. Doe", "Doe, J.", "J.T. Doe", "Jane B. Doe",
                "Peter Doe",
                "Ann McDonald", "Mcdonald", "Seán O'Brien", "Jean-Luc d'Anjou", "Zainab al-Tamimi", "Maria dos Santos",
                "Bo Li",
                "Élodie Marchand", "Elodie", "Mei-Ling Huang", "Rose Will", "王伟", "Иван Петров", "Jane\nDoe", "K.",
            ]
        ),
        (
            "e",
            [
                "jane.doe@acme.ca", "jdoe@acme.ca", "JDOE@ACME.CA", "j.doe@acme.com", "info@acme.ca",
                "e_marchand@x.qc.ca",
                "jane@example.com", "o'brien@acme.ca", "a1@b.ca",
            ]
        ),
        (
            "p",
            [
                "613-555-0142", "(613) 555-0142", "+1 613 555 0142", "6135550142", "613.555.0142 ext. 44",
                "+33 6 12 34 56 78",
                "06 12 34 56 78", "020 7946 0018", "+49 30 901820", "(819) 555-0177, poste 3",
            ]
        ),
        ("s", ["123-45-6789", "123456789", "123 45 6789"]),
        ("S", ["046 454 286", "046-454-286", "046454286"]),
        ("c", ["4111-1111-1111-1111", "4111 1111 1111 1111", "378282246310005"]),
        ("i", ["64.233.160.12", "10.0.0.7", "192.0.2.1", "fe80::1", "2a00:1450:4001::200e", "FE80::A%eth0"]),
        ("h", ["BAPC 8854 1617", "1234-567-897-AB", "9876543217"]),
        ("b", ["FR14 2004 1010 0505 0001 3M02 606", "DE89370400440532013000"]),
        ("d", ["1988-11-30", "April 2, 1941", "02/04/1941", "30 novembre 1988", "1er mai 1990", "2nd of April 1941"]),
        (
            "l",
            [
                "14 Capstan Row", "16 Capstan Row", "14 Harbour Pkwy", "412, rue des Pins", "PO Box 77", "Lunenburg",
                "Moncton",
                "Rivière-du-Loup", "B0J 2C0", "b0j2c0", "58503", "221B Baker Street", "305 Harbour Pkwy W, Unit 6",
                "SW1A 1AA",
            ]
        ),
    ]

    private static func telling(_ value: String, _ type: EntityType) -> [String] {
        guard type == .name || type == .location else {
            return type == .email ? [value.split(separator: "@").first.map(String.init) ?? value] : [value]
        }
        let words = value.split { !$0.isLetter && !$0.isNumber }.map(String.init)
        let small = ["des", "rue", "box", "unit", "street", "al", "du"]
        return words.filter { $0.count > 2 && !small.contains($0.lowercased()) }
    }

    private static func outside(_ text: MarkedText) -> String {
        var bytes = Array(text.text.utf8)
        for entity in text.entities.reversed() { bytes.replaceSubrange(entity.range, with: Array(" | ".utf8)) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
