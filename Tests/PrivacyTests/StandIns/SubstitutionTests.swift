import Domain
import Testing

@testable import Privacy

@Suite struct SubstitutionTests {
    @Test func `a name is the same person in every form`() throws {
        let rig = try Rig([
            "{n:Jane Doe} wrote. {n:Doe, Jane}; {n:Jane}'s dog; {n:JANE DOE}; {n:jane doe}", "Ask Jane about Doe.",
        ])
        let words = try #require(rig.standIn(for: "Jane Doe")).split(separator: " ").map(String.init)
        let (given, family) = (words[0], words[1])
        #expect(
            rig.sent[0]
                == "\(given) \(family) wrote. \(family), \(given); \(given)'s dog; "
                + "\(given.uppercased()) \(family.uppercased()); \(given.lowercased()) \(family.lowercased())")
        #expect(rig.sent[1].hasPrefix("Ask \(given) about "))
        for (text, sent) in zip(rig.texts, rig.sent) { #expect(rig.restored(sent) == text.text) }
    }

    @Test func `an answer may use a name in another way than the request did`() throws {
        let rig = try Rig("{n:Noémie Tremblay} lives in {l:Moncton}.")
        let words = try #require(rig.standIn(for: "Noémie Tremblay")).split(separator: " ").map(String.init)
        let (given, family) = (words[0], words[1])
        #expect(rig.restored("Dear \(given),") == "Dear Noémie,")
        #expect(rig.restored("\(family.uppercased()), \(given)’s file") == "TREMBLAY, Noémie’s file")
        #expect(rig.restored("\(given.lowercased())_\(family.lowercased())@x") == "noémie_tremblay@x")
        #expect(rig.restored("\(given)x") == "\(given)x")
    }

    @Test func `two of one family keep that in common`() throws {
        let rig = try Rig("{n:Jane Osborne} and {n:Peter Osborne}")
        let words = rig.sent[0].split(separator: " ").map(String.init)
        #expect(words[1] == words[4])
        #expect(words[0] != words[3])
    }

    @Test func `forms that differ in case alone come back as they were`() throws {
        let text = "{n:Ann McDonald}, {n:ANN MCDONALD}, {n:Ann Mcdonald}, {n:ann mcdonald}"
        let rig = try Rig(text)
        #expect(rig.restored(rig.sent[0]) == rig.texts[0].text)
    }

    @Test func `particles, titles and apostrophes stay in their places`() throws {
        let rig = try Rig("{n:Ludwig van der Berg}, {n:Seán O'Brien}, {n:Zainab al-Tamimi}, {n:Jean-Luc d'Anjou}")
        let sent = rig.sent[0]
        #expect(sent.contains(" van der ") && sent.contains(" al-") && sent.contains(" d'"))
        for word in ["Ludwig", "Berg", "Seán", "Brien", "Zainab", "Tamimi", "Jean", "Luc", "Anjou"] {
            #expect(!sent.mentions(word))
        }
        #expect(rig.restored(sent) == rig.texts[0].text)
    }

    @Test func `an initial follows the given name that begins with it`() throws {
        let rig = try Rig("{n:Jane Doe} signed as {n:J. Doe} or {n:J.T. Doe}. Vitamin A and plan B.")
        let sent = rig.sent[0]
        let given = try #require(sent.split(separator: " ").first)
        #expect(sent.contains("as \(given.prefix(1)). "))
        #expect(rig.restored(sent) == rig.texts[0].text)
    }

    @Test func `an e-mail address follows the names`() throws {
        let rig = try Rig("{n:Jane Doe}: {e:jane.doe@acme.ca}, {e:JDOE@ACME.CA}, {e:info@acme.ca}, {e:jdoe2@other.org}")
        let words = try #require(rig.standIn(for: "Jane Doe")).lowercased().split(separator: " ").map(String.init)
        #expect(rig.sent[0].contains("\(words[0]).\(words[1])@example."))
        #expect(rig.sent[0].contains("\(words[0].prefix(1))\(words[1])@EXAMPLE.".uppercased()))
        #expect(!rig.sent[0].lowercased().contains("acme"))
        #expect(rig.restored(rig.sent[0]) == rig.texts[0].text)
    }

    @Test func `an e-mail address has the same stand-in in a request that names its owner and in one that doesn't`()
        throws
    {
        let alone = try Rig("write to {e:sarah.wilson@acme.ca}")
        for text in ["{n:Sarah Wilson}: {e:sarah.wilson@acme.ca}", "{e:sarah.wilson@acme.ca} is {n:Sarah Wilson}'s"] {
            #expect(try Rig(text).standIn(for: "sarah.wilson@acme.ca") == alone.standIn(for: "sarah.wilson@acme.ca"))
        }
    }

    @Test func `a number is restored with other separators`() throws {
        let rig = try Rig(["Call {p:(613) 555-0142} or {p:+1 613-555-0142}. SIN {S:046 454 286}.", "raw: 6135550142"])
        let standIn = try #require(rig.standIn(for: "(613) 555-0142"))
        let digits = standIn.filter(\.isNumber)
        #expect(rig.sent[1] == "raw: \(digits)")
        #expect(
            rig.restored("\(digits.prefix(3)).\(digits.dropFirst(3).prefix(3)).\(digits.suffix(4))") == "613.555.0142")
        #expect(rig.restored("tel:+1\(digits)") == "tel:+16135550142")
        #expect(digits.contains("55501"))
        for (text, sent) in zip(rig.texts, rig.sent) { #expect(rig.restored(sent) == text.text) }
    }

    @Test func `a street keeps its shape and loses what tells`() throws {
        let rig = try Rig(
            "{l:14 Capstan Row} in {l:Lunenburg} {l:B0J 2C0}; {l:412, rue des Pins}, {l:Rivière-du-Loup}; "
                + "{l:2207 Cottonwood Ln, Unit 6}; {l:PO Box 77}; {l:58503}")
        let sent = rig.sent[0]
        for word in [
            "Capstan", "Row", "Lunenburg", "B0J", "412", "Pins", "Rivière", "2207", "Cottonwood", "77", "58503",
        ] {
            #expect(!sent.mentions(word))
        }
        #expect(sent.contains(", rue des "))
        #expect(sent.contains("PO Box "))
        #expect(sent.contains(" B"))
        #expect(rig.restored(sent) == rig.texts[0].text)
    }

    @Test func `another organization and another conversation get other stand-ins`() throws {
        let text = "{n:Jane Doe}, {e:x.y@acme.ca}, {p:613-555-0142}, {l:Moncton}"
        let rig = try Rig(text)
        #expect(try Rig(text).sent == rig.sent)
        #expect(try Rig(text, secret: 8).sent != rig.sent)
        #expect(try Rig(text, scope: "conversation").sent != rig.sent)
    }

    @Test func `a conversation that grows keeps its stand-ins`() throws {
        let texts = [
            "{n:Jane Doe} at {e:jdoe@acme.ca} and {n:J. Smith}", "{p:613-555-0142} of {n:Peter Doe}, {n:McDonald}",
            "{n:Jane Smith}, {n:MCDONALD}, {l:14 Capstan Row}, {e:peter@acme.ca}",
            "{n:Mcdonald} {n:Sam Smith} {l:Amos}",
        ]
        var before: [String] = []
        for count in 1...texts.count {
            let sent = try Rig(Array(texts[..<count])).sent
            #expect(Array(sent.dropLast()) == before)
            before = sent
        }
    }

    @Test func `nothing stands in that the request holds already`() throws {
        let first = try Rig("{n:Jane Doe} in {l:Moncton} {p:613-555-0142} {e:jd@acme.ca}")
        let taken = first.substitution.entries.map(\.standIn).joined(separator: " | ")
        let rig = try Rig(["{n:Jane Doe} in {l:Moncton} {p:613-555-0142} {e:jd@acme.ca}", taken])
        #expect(rig.sent[1] == taken)
        #expect(rig.restored(taken) == taken)
        #expect(rig.restored(rig.sent[0]) == rig.texts[0].text)
    }

    @Test func `stand-ins of numbers are valid and nobody's`() throws {
        let rig = try Rig(
            "{c:4111-1111-1111-1111} {S:046 454 286} {s:123-45-6789} {b:FR14 2004 1010 0505 0001 3M02 606} {i:10.0.0.7} "
                + "{i:fe80::1} {p:+33 6 12 34 56 78} {l:K1A 0B7}")
        let standIns = rig.substitution.entries.map(\.standIn)
        #expect(standIns[0].hasPrefix("4000-00") && Luhn.isValid(standIns[0].utf8.filter { $0 != 0x2D }))
        #expect(standIns[1].hasPrefix("0") && Luhn.isValid(standIns[1].utf8.filter { $0 != 0x20 }))
        #expect(standIns[2].hasPrefix("9") && standIns[2].dropFirst(4).prefix(2) < "50")
        let account = standIns[3].utf8.filter { $0 != 0x20 }
        #expect(IBANDraw.remainder(of: Array(account[4...]) + Array(account[..<4])) == 1 && standIns[3].hasPrefix("FR"))
        #expect(["192.0.2.", "198.51.100.", "203.0.113."].contains { standIns[4].hasPrefix($0) })
        #expect(standIns[5].hasPrefix("2001:db8::"))
        #expect(standIns[6].hasPrefix("+33 6 39 98 "))
        #expect(standIns[7].hasPrefix("K") && standIns[7].utf8.count == 7)
    }

    @Test func `no part of a number repeats what is hidden elsewhere`() throws {
        for secret in UInt8(0)..<255 {
            let rig = try Rig(
                "{l:412, rue des Pins} {l:203 Pins Road} {p:613-555-0142} {i:64.233.160.12} {l:B0J 2C0}", secret: secret
            )
            #expect(!rig.sent[0].mentions("B0J") && !rig.sent[0].mentions("412") && !rig.sent[0].mentions("203"))
        }
    }

    @Test func `a name that a model shortens is still the same person's`() throws {
        let rig = try Rig("{n:Jane Doe}")
        let words = rig.sent[0].split(separator: " ").map(String.init)
        #expect(rig.restored("Signed, \(words[0].prefix(1)). \(words[1])") == "Signed, J. Doe")
    }

    @Test func `a text without anything to replace is left alone`() throws {
        let rig = try Rig(["Nothing here.", "{n:Anneliese}"])
        var out: [UInt8] = [1]
        let isChanged = "Nothing here.".withBytes { rig.substitution.replace($0, [], into: &out) }
        #expect(!isChanged)
        #expect(out == [1])
        #expect(try Rig("Nothing").substitution.restoration == nil)
    }

    @Test func `counts a person once and prints nobody`() throws {
        let rig = try Rig("{n:Jane Doe}, {n:Jane}, {n:DOE, JANE}, {p:613-555-0142}, {p:613.555.0142}, {p:613.555.0142}")
        #expect(rig.substitution.counts == [.name: 1, .phone: 1])
        #expect(rig.substitution.entries.map(\.count) == [1, 1, 1, 1, 2])
        #expect(rig.substitution.entries.allSatisfy { $0.digest.count == 16 })
        #expect("\(rig.substitution)\(String(reflecting: rig.substitution))" == "<redacted><redacted>")
        #expect("\(try #require(rig.substitution.restoration))" == "<redacted>")
        var dumped = ""
        dump(rig.substitution, to: &dumped)
        #expect(!dumped.contains("Jane"))
    }
}
