import Domain
import Privacy
import Testing

@Suite struct NameRecognizerTests {
    private func find(_ bytes: [UInt8], around structured: [Entity] = []) throws -> [Entity] {
        var entities: [Entity] = []
        let recognizer = try NameRecognizer(lexicon: Lexicon.shared)
        bytes.withUnsafeBufferPointer { recognizer.find(in: $0, around: structured, into: &entities) }
        return entities
    }

    private func words(_ text: String, _ type: EntityType) throws -> [String] {
        let bytes = Array(text.utf8)
        return try find(bytes).filter { $0.type == type }.map { String(decoding: bytes[$0.range], as: UTF8.self) }
    }

    @Test(arguments: [
        ("Please ask Gurpreet Dhaliwal to call me.", ["Gurpreet Dhaliwal"]),
        ("Bonjour Marie-Ève, as-tu vu Réjean Trépanier?", ["Marie-Ève", "Réjean Trépanier"]),
        ("Dear Mrs. O’Brien,", ["O’Brien"]),
        ("my sister wanjiru lives here", ["wanjiru"]),
        ("Elisapee Aglukark signed the lease.", ["Elisapee Aglukark"]),
        ("{\"customer_name\": \"Chidinma Okafor\", \"plan\": \"basic\"}", ["Chidinma Okafor"]),
        ("From: J.T. Beaulieu", ["J.T. Beaulieu"]),
        ("L'auto de Thérèse Lafrenière est en panne.", ["Thérèse Lafrenière"]),
        ("Xqzoria Brelnikov asked for a refund.", ["Xqzoria Brelnikov"]),
        ("MEETING WITH PRIYA RAMANATHAN AT NOON", ["PRIYA RAMANATHAN"]),
    ])
    func `finds people`(text: String, names: [String]) throws {
        #expect(try words(text, .name) == names)
    }

    @Test(arguments: [
        ("We moved from Iqaluit to Trois-Rivières.", ["Iqaluit", "Trois-Rivières"]),
        ("J'habite à Saint-Jean-sur-Richelieu depuis 2011.", ["Saint-Jean-sur-Richelieu"]),
        ("The Calgary-based firm closed.", ["Calgary"]),
        ("She was born in Puvirnituq.", ["Puvirnituq"]),
        ("i live in medicine hat", ["medicine hat"]),
        ("Ship it to Moose Jaw, Saskatchewan.", ["Moose Jaw"]),
    ])
    func `finds places`(text: String, places: [String]) throws {
        #expect(try words(text, .location) == places)
    }

    @Test(arguments: [
        "How do I center a div in CSS?", "Which provinces border Ontario and Manitoba?",
        "Quelle est la capitale de la France?", "Who was Albert Einstein?", "Compare Claude, Gemini and Mistral.",
        "Mark the date: the grant may be refused.", "La pierre roule et la rose fane.",
        "SELECT name, email FROM users;",
        "The Prime Minister spoke to Parliament on Monday.", "", " ", "\n\n", "...",
        "[[include:jamie]] and {{client.city}}",
        "SELECT max(created_at) FROM orders",
        "std::vector<int> edges;",
        "npm install --save-dev typescript@5.4.5 eslint@8.57.0",
        "git clone git@github.com:apple/swift-nio.git && cd swift-nio && git checkout 2.65.0",
        "SELECT count(*), max(cree_le) FROM commandes WHERE statut = 'ouverte' GROUP BY region_id;",
        "The interface is up at 1000 Mbps, full duplex.",
    ])
    func `leaves texts alone that name nobody`(text: String) throws {
        #expect(try find(Array(text.utf8)) == [])
    }

    @Test func `a command names people all the same`() throws {
        #expect(try words("git commit -m 'Thank Priya Ramanathan for the report'", .name) == ["Priya Ramanathan"])
        #expect(try words("echo my sister wanjiru lives here", .name) == ["wanjiru"])
    }

    @Test func `finds a name again that was found once`() throws {
        let text = "Dear Ms. Xqzoria Brelnikov,\nthe file is complete. Brelnikov / 2024 / closed"
        #expect(try words(text, .name).filter { $0.contains("Brelnikov") }.count == 2)
    }

    @Test func `never touches what another recognizer found`() throws {
        let text = Array("Write to Mary Smith or mary@example.com today, Mary Smith says.".utf8)
        let other = Entity(.email, at: 23..<39, certainty: 200)
        #expect(try find(text, around: [other]).allSatisfy { !$0.range.overlaps(other.range) })
        let odd = [Entity(.email, at: 9..<900, certainty: 1), Entity(.email, at: 9..<9, certainty: 1)]
        #expect(try find(text, around: odd) == find(text))
    }

    @Test func `is of one mind about the same text`() throws {
        let text = Array("Amara met Jean-François Côté and Tenzin in Fort Simpson.".utf8)
        #expect(try find(text) == find(text))
    }

    @Test(arguments: [
        [UInt8](repeating: 0x61, count: 1 << 20), [UInt8](repeating: 0x27, count: 100_000),
        [UInt8](repeating: 0x2D, count: 100_000), [UInt8](repeating: 0xFF, count: 100_000),
        [UInt8](repeating: 0xC3, count: 100_000), [UInt8](repeating: 0x0A, count: 100_000),
        Array(String(repeating: "A.", count: 50_000).utf8), Array(String(repeating: "a'", count: 50_000).utf8),
        Array(String(repeating: "a-", count: 50_000).utf8), Array(String(repeating: "Saint ", count: 20_000).utf8),
        Array(String(repeating: "d'", count: 50_000).utf8), Array(String(repeating: "name:", count: 20_000).utf8),
        Array(String(repeating: "\u{301}", count: 50_000).utf8), Array(String(repeating: "’s", count: 50_000).utf8),
        Array(String(repeating: "ab-cd-", count: 50_000).utf8), Array(String(repeating: "\\n", count: 50_000).utf8),
    ])
    func `survives hostile texts`(text: [UInt8]) throws {
        for entity in try find(text) {
            #expect(entity.range.lowerBound >= 0 && entity.range.upperBound <= text.count && !entity.range.isEmpty)
        }
    }

    @Test func `spans are whole characters, in order and apart, wherever a text is cut`() throws {
        let text = Array("« Zoë D’Amours », dit-elle, « habite Kuujjuaq. » Mme Nguyễn–Ōta, Đặng".utf8)
        for count in 0...text.count {
            var last = 0
            for entity in try find(Array(text.prefix(count))) {
                #expect(entity.range.lowerBound >= last)
                last = entity.range.upperBound
                #expect(text[entity.range.lowerBound] & 0xC0 != 0x80)
                #expect(last == count || text[last] & 0xC0 != 0x80)
            }
        }
    }

    @Test func `no byte anywhere crashes it`() throws {
        let text = Array("Dr. O'Neil-Smith's J.T. St. John’s d'Ivoire \\n name: \"x\" 1st_a".utf8)
        for index in text.indices {
            for byte in [0x00, 0x27, 0x2D, 0x2E, 0x5C, 0x80, 0xC3, 0xE2, 0xF0, 0xFF] as [UInt8] {
                var changed = text
                changed[index] = byte
                _ = try find(changed)
            }
        }
    }
}
