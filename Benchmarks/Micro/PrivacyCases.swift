import Domain
import Pipeline
import Privacy
import Wire

/// Personal information: found, replaced, and put back.
enum PrivacyCases {
    private static let size = 4 << 10

    static func all() throws -> [Case] {
        let lexicon = try Lexicon.shared
        let finder = try EntityFinder(lexicon: lexicon)
        return [
            find("English", english, finder), find("French", french, finder),
            try substitute(finder, lexicon), try restore(finder, lexicon),
        ]
    }

    private static func find(_ language: String, _ paragraph: String, _ finder: EntityFinder) -> Case {
        let text = Array(repeatElement(paragraph.bytes, count: 1 + size / paragraph.utf8.count).joined().prefix(size))
        return Case("PII scan, \(language), a KiB", times: 10, per: size >> 10) {
            text.withUnsafeBufferPointer { finder.entities(in: $0).count }
        }
    }

    /// All that becomes of a body with personal information before it leaves.
    private static func substitute(_ finder: EntityFinder, _ lexicon: Lexicon) throws -> Case {
        let house = try House()
        let engine = SubstitutionEngine(finder: finder, lexicon: lexicon, key: key, usual: .required)
        let body = JSON.object([
            "model": .string(Upstream.compatible.name),
            "messages": [["role": "user", "content": .string(english)]],
        ]).bytes()
        let life = Life(of: body, in: house, engine: engine)
        return Case("substitute, a message of \(english.utf8.count) bytes", times: 20) {
            try life.substitute()
        }
    }

    private static let key = StandInKey([UInt8](repeating: 7, count: 32))

    /// Pieces of a streamed reply, of which every tenth is a stand-in.
    private static func restore(_ finder: EntityFinder, _ lexicon: Lexicon) throws -> Case {
        var substitution = Substitution(
            key: key, scope: "scope".utf8, lexicon: lexicon)
        let text = english.bytes
        let entities = text.withUnsafeBufferPointer { finder.entities(in: $0) }
        text.withUnsafeBufferPointer { substitution.add($0, entities) }
        try substitution.choose()
        var replaced: [UInt8] = []
        let isReplaced = text.withUnsafeBufferPointer { substitution.replace($0, entities, into: &replaced) }
        guard isReplaced else { throw Trouble("nothing was replaced") }
        let restoration = try substitution.restoration.orTrouble("stand-in")
        let pieces = replaced.split(separator: 0x20).map { Array($0) + [0x20] }
        let restored = text.count + 1
        return Case("restore, a chunk", times: 50, per: pieces.count, gives: restored) {
            var stream = Restoration.Stream()
            var out: [UInt8] = []
            for piece in pieces {
                piece.withUnsafeBufferPointer { stream.receive($0, restoration, into: &out) }
            }
            stream.end(restoration, into: &out)
            return out.count
        }
    }

    private static let english = """
        Hello, this is Margaret O'Neill from Saskatoon. My husband Devinder Gill and I moved to 1482 Spadina Crescent \
        East last March, and the bank still writes to the old address. Could you draft a letter that asks them to \
        change it? They can call me at (306) 555-0142 or write to margaret.oneill@example.com. The account was opened \
        by Mr. Tremblay at the branch on 21st Street, who has since retired, and nobody there seems to know what \
        became of the form that we signed. Please keep the tone friendly, mention that this is the third time, and \
        offer to come by on a Thursday. Our postal code is S7K 3H6, and the card that they sent last ends in 4242; it \
        arrived two weeks late.

        """

    private static let french = """
        Bonjour, je m'appelle Geneviève Bélanger et j'habite au 245, rue de la Fabrique, à Trois-Rivières. Mon \
        voisin, Karim Benali, m'a conseillé de vous écrire au sujet de la garderie : notre fille Élodie y est \
        inscrite depuis le 3 mars 2024, et personne ne nous rappelle. Pourriez-vous préparer une lettre polie pour \
        Mme Lafontaine, la directrice ? On peut me joindre au 819 555-0187 ou à genevieve.belanger@example.org. Notre \
        code postal est le G9A 2B4. Il faudrait dire que nous avons déjà fourni les papiers deux fois, et que nous \
        pouvons passer un jeudi après-midi, après seize heures, quand les enfants sont partis.

        """
}
