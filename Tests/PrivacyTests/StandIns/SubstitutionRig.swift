import Domain
import Privacy
import Testing

/// A text in which what is to be found is marked: `{n:Jane Doe} lives in {l:Moncton}`.
struct MarkedText {
    let text: String
    let entities: [Entity]
    let originals: [(value: String, type: EntityType)]

    init(_ marked: String) {
        var bytes: [UInt8] = []
        var entities: [Entity] = []
        var originals: [(value: String, type: EntityType)] = []
        for (index, piece) in marked.split(separator: "{", omittingEmptySubsequences: false).enumerated() {
            guard index > 0, let type = Self.types[String(piece.prefix(2))], let end = piece.firstIndex(of: "}") else {
                if index > 0 { bytes += Array("{".utf8) }
                bytes += Array(piece.utf8)
                continue
            }
            let value = String(piece[..<end].dropFirst(2))
            entities.append(Entity(type, at: bytes.count..<bytes.count + value.utf8.count, certainty: 200))
            originals.append((value, type))
            bytes += Array(value.utf8) + Array(piece[end...].dropFirst().utf8)
        }
        text = String(decoding: bytes, as: UTF8.self)
        self.entities = entities
        self.originals = originals
    }

    private static let types: [String: EntityType] = [
        "n:": .name, "e:": .email, "p:": .phone, "s:": .usSSN, "S:": .canadianSIN, "c:": .creditCard, "i:": .ipAddress,
        "l:": .location, "h:": .healthNumber, "b:": .iban, "d:": .dateOfBirth,
    ]
}

/// A request of marked texts with its stand-ins.
struct Rig {
    let texts: [MarkedText]
    let substitution: Substitution
    /// The texts as they are sent.
    let sent: [String]

    init(_ marked: [String], secret: UInt8 = 7, scope: String = "") throws {
        let texts = marked.map(MarkedText.init)
        let key = StandInKey([UInt8](repeating: secret, count: 32))
        var substitution = Substitution(key: key, scope: scope.utf8, lexicon: try Lexicon.shared)
        for text in texts { text.text.withBytes { substitution.add($0, text.entities) } }
        try substitution.choose()
        self.texts = texts
        self.substitution = substitution
        sent = texts.map { text in
            var out: [UInt8] = []
            let isChanged = text.text.withBytes { substitution.replace($0, text.entities, into: &out) }
            return isChanged ? String(decoding: out, as: UTF8.self) : text.text
        }
    }

    init(_ marked: String, secret: UInt8 = 7, scope: String = "") throws {
        try self.init([marked], secret: secret, scope: scope)
    }

    func restored(_ text: String) -> String {
        guard let restoration = substitution.restoration else { return text }
        var out: [UInt8] = []
        text.withBytes { restoration.restore($0, into: &out) }
        return String(decoding: out, as: UTF8.self)
    }

    /// What stands in for a text that is marked somewhere.
    func standIn(for original: String) -> String? {
        for (text, entry) in zip(texts.flatMap(\.originals), substitution.entries) where text.value == original {
            return entry.standIn
        }
        return nil
    }
}

extension String {
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        Array(utf8).withUnsafeBufferPointer(body)
    }

    /// Whether it holds a word or value that is no part of a longer word, in whatever case.
    func mentions(_ value: String) -> Bool {
        let (text, value) = (Array(lowercased()), Array(value.lowercased()))
        guard !value.isEmpty, text.count >= value.count else { return false }
        return (0...text.count - value.count).contains { start in
            guard text[start] == value[0], Array(text[start..<start + value.count]) == value else { return false }
            let end = start + value.count
            let isBegin = start == 0 || !(text[start - 1].isWord && value[0].isWord)
            return isBegin && (end == text.count || !(text[end].isWord && value[value.count - 1].isWord))
        }
    }
}

extension Character {
    fileprivate var isWord: Bool { isLetter || isNumber }
}
