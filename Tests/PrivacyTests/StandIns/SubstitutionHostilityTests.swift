import Domain
import Privacy
import Testing

@Suite struct SubstitutionHostilityTests {
    @Test func `a text with every name that could stand in still gets stand-ins`() throws {
        let lexicon = try Lexicon.shared
        let names = [
            Lexicon.Pool.givenFemale, .givenMale, .givenFemaleFrench, .givenMaleFrench, .family, .town, .street,
        ]
        .flatMap { pool in (0..<lexicon.standIns(pool).count).map { lexicon.standIns(pool)[$0] } }
        let rig = try Rig([names.joined(separator: ", "), "{n:Jane Doe} of {l:Moncton}, {l:14 Capstan Row}"])
        #expect(rig.sent[0] == rig.texts[0].text)
        #expect(!rig.sent[1].mentions("Jane") && !rig.sent[1].mentions("Moncton"))
        #expect(rig.restored(rig.sent[1]) == rig.texts[1].text)
    }

    @Test func `fails rather than sends what could not be told apart`() throws {
        let lexicon = try Lexicon(DataFile(smallDataFile))
        let key = StandInKey([UInt8](repeating: 1, count: 32))
        for later in ["", "Adela, adeela", "ADELA, adeela and adeadlaela"] {
            var substitution = Substitution(key: key, scope: [], lexicon: lexicon)
            "Jane".withBytes { substitution.add($0, [Entity(.name, at: 0..<4, certainty: 1)]) }
            later.withBytes { substitution.add($0, []) }
            guard later.hasSuffix("adeadlaela") else {
                try substitution.choose()
                continue
            }
            #expect(throws: SubstitutionFailure.unsubstitutable(.name)) { try substitution.choose() }
            #expect(substitution.restoration == nil)
        }
    }

    @Test func `what isn't what its type says still gets a stand-in`() throws {
        let rig = try Rig("{d:last Tuesday} {p:5} {b:王伟} {e:nobody} {i:—} {l:、} {c:visa}", secret: 3)
        #expect(rig.restored(rig.sent[0]) == rig.texts[0].text)
        for value in ["last Tuesday", "5", "王伟", "nobody", "visa"] { #expect(!rig.sent[0].mentions(value)) }
    }

    @Test func `thousands of values stay apart`() throws {
        var draws = SteadyDraws(state: 11)
        let marked = (0..<1000).map { number in
            let word = String((0..<7).map { _ in "abcdefghijklmnopqrstuvwxyz".randomElement(using: &draws) ?? "a" })
            return switch number % 5 {
            case 0: "{n:\(word.capitalized) \(word.reversed().map(String.init).joined().capitalized)}"
            case 1: "{e:\(word)@\(word.prefix(3)).ca}"
            case 2: "{l:\(number) \(word.capitalized) Road}"
            case 3: "{p:613-\(200 + number % 700)-\(1000 + number)}"
            default: "{i:10.1.\(number / 250).\(1 + number % 250)}"
            }
        }
        let rig = try Rig(marked.joined(separator: "; "))
        #expect(Set(rig.substitution.entries.map(\.standIn)).count == rig.substitution.entries.count)
        #expect(rig.restored(rig.sent[0]) == rig.texts[0].text)
    }

    @Test func `entities that overlap, touch, stick to words or lie outside do no harm`() throws {
        let text = "xJane王伟李娜 Doe613-555-0142y — \"(613) 555-0142\" \u{301}é"
        let bytes = Array(text.utf8)
        var draws = SteadyDraws(state: 5)
        for _ in 0..<200 {
            let entities = (0..<Int.random(in: 1...6, using: &draws)).map { _ in
                let start = Int.random(in: 0...bytes.count, using: &draws)
                let type = EntityType.allCases.randomElement(using: &draws) ?? .name
                return Entity(type, at: start..<start + Int.random(in: 0...12, using: &draws), certainty: 1)
            }
            var substitution = Substitution(
                key: StandInKey([UInt8](repeating: 1, count: 32)), scope: [], lexicon: try Lexicon.shared)
            bytes.withUnsafeBufferPointer { substitution.add($0, entities) }
            try substitution.choose()
            var sent: [UInt8] = []
            let isChanged = bytes.withUnsafeBufferPointer { substitution.replace($0, entities, into: &sent) }
            guard isChanged, let restoration = substitution.restoration else { continue }
            var back: [UInt8] = []
            sent.withUnsafeBufferPointer { restoration.restore($0, into: &back) }
            #expect(back == bytes, "\(entities.map(\.range)) gave \(String(decoding: sent, as: UTF8.self))")
        }
    }

    @Test func `a long word, many names in one word and a long value take no time`() throws {
        let long = String(repeating: "a", count: 200_000)
        let entities = (0..<20_000).map { Entity(.name, at: $0 * 10..<$0 * 10 + 5, certainty: 1) }
        var substitution = Substitution(
            key: StandInKey([UInt8](repeating: 1, count: 32)), scope: [], lexicon: try Lexicon.shared)
        long.withBytes { substitution.add($0, entities) }
        try substitution.choose()
        var sent: [UInt8] = []
        #expect(long.withBytes { substitution.replace($0, entities, into: &sent) })
        #expect(sent.count < 20)
        var back: [UInt8] = []
        let restoration = try #require(substitution.restoration)
        sent.withUnsafeBufferPointer { restoration.restore($0, into: &back) }
        #expect(back == Array(long.utf8))
    }
}

extension String {
    fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}

/// A data file without words, whose pools all hold one name.
private var smallDataFile: [UInt8] {
    func number(_ number: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
    let pool = number(1) + number(0) + number(5) + Array("Adela".utf8)
    let sections = DataFile.Section.allCases
    var header = DataFile.magic + number(Int(DataFile.version)) + number(sections.count)
    var body: [UInt8] = []
    for (index, section) in sections.enumerated() {
        let bytes = section == .words || section == .phrases ? [UInt8](repeating: 0, count: 64) : pool
        header += number(Int(section.rawValue)) + number((index + 4) * 64) + number(bytes.count)
        body += bytes + [UInt8](repeating: 0, count: 64 - bytes.count)
    }
    return header + [UInt8](repeating: 0, count: 256 - header.count) + body
}
