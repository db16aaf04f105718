import Domain
import Privacy
import Testing

@Suite struct RestorationTests {
    private static let marked = [
        "{n:Jane Doe} ({e:jane.doe@acme.ca}, {p:(613) 555-0142}) met {n:J. Doe} at {l:14 Capstan Row}, {l:Moncton}.",
        "{\"name\": \"{n:Zoé O’Neil}\", \"ip\": \"{i:64.233.160.12}\", \"born\": \"{d:April 2, 1941}\"}\\n{n:Jane}\\n",
        "我是{n:王伟}，{n:ΜΑΡΊΑ} и {n:Иван Петров} {c:4111-1111-1111-1111} {i:fe80::1} {b:FR14 2004 1010 0505 0001 3M02 606}",
    ]

    @Test func `pieces give what the whole gives, wherever it is cut`() throws {
        let rig = try Rig(Self.marked)
        let restoration = try #require(rig.substitution.restoration)
        for (text, sent) in zip(rig.texts, rig.sent) {
            #expect(rig.restored(sent) == text.text)
            let bytes = Array(sent.utf8)
            for cut in 0...bytes.count {
                let pieces = [bytes[..<cut], bytes[cut...]]
                #expect(restoration.streamed(pieces) == Array(text.text.utf8))
            }
            for length in 1...9 {
                let pieces = stride(from: 0, to: bytes.count, by: length).map {
                    bytes[$0..<min($0 + length, bytes.count)]
                }
                #expect(restoration.streamed(pieces) == Array(text.text.utf8))
            }
        }
    }

    @Test func `no more is held back than what could become a stand-in`() throws {
        let rig = try Rig("{n:Jane Doe}")
        let restoration = try #require(rig.substitution.restoration)
        let given = try #require(rig.sent[0].split(separator: " ").first).description
        var stream = Restoration.Stream()
        var out: [UInt8] = []
        "I am \(given.prefix(2))".withBytes { stream.receive($0, restoration, into: &out) }
        #expect(String(decoding: out, as: UTF8.self) == "I am ")
        #expect(stream.heldCount == 2)
        "\(given.dropFirst(2))".withBytes { stream.receive($0, restoration, into: &out) }
        #expect(stream.heldCount == given.utf8.count)
        ".".withBytes { stream.receive($0, restoration, into: &out) }
        #expect(String(decoding: out, as: UTF8.self) == "I am Jane.")
        "qq \(given)".withBytes { stream.receive($0, restoration, into: &out) }
        stream.end(restoration, into: &out)
        #expect(String(decoding: out, as: UTF8.self) == "I am Jane.qq Jane")
        #expect(stream.heldCount == 0)
    }

    @Test func `bytes that are no UTF-8 pass through`() throws {
        let rig = try Rig("{n:Jane Doe}")
        let restoration = try #require(rig.substitution.restoration)
        var draws = SteadyDraws(state: 3)
        for _ in 0..<300 {
            let sent = (0..<60).map { _ in UInt8(truncatingIfNeeded: draws.next() >> 24) } + Array(rig.sent[0].utf8)
            var whole: [UInt8] = []
            sent.withUnsafeBufferPointer { restoration.restore($0, into: &whole) }
            for length in [1, 2, 3, 7] {
                let pieces = stride(from: 0, to: sent.count, by: length).map { sent[$0..<min($0 + length, sent.count)] }
                #expect(restoration.streamed(pieces) == whole)
            }
        }
    }
}

extension Restoration {
    func streamed(_ pieces: [ArraySlice<UInt8>]) -> [UInt8] {
        var stream = Stream()
        var out: [UInt8] = []
        for piece in pieces { piece.withUnsafeBufferPointer { stream.receive($0, self, into: &out) } }
        stream.end(self, into: &out)
        return out
    }
}

/// The same numbers in each run.
struct SteadyDraws: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
