import Domain
import Testing

@testable import Privacy

struct EntityFinderTests {
    @Test func `of two overlapping spans the more certain stays and the rest of the other one too`() {
        let email = Entity(.email, at: 6..<22, certainty: 250)
        let name = Entity(.name, at: 0..<11, certainty: 120)
        #expect(Self.resolve([name, email]) == [Entity(.name, at: 0..<5, certainty: 120), email])
        #expect(Self.resolve([email, name]) == [Entity(.name, at: 0..<5, certainty: 120), email])
    }

    @Test func `of two that are about as certain the longer stays`() {
        let long = Entity(.phone, at: 0..<20, certainty: 220)
        let short = Entity(.canadianSIN, at: 4..<11, certainty: 250)
        #expect(Self.resolve([short, long]) == [long])
    }

    @Test func `joins places that overlap`() {
        let street = Entity(.location, at: 0..<12, certainty: 215)
        let city = Entity(.location, at: 9..<20, certainty: 120)
        #expect(Self.resolve([city, street]) == [Entity(.location, at: 0..<20, certainty: 215)])
    }

    @Test func `gives ascending and disjoint spans for any input`() {
        var state: UInt64 = 7
        func next(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        for _ in 0..<500 {
            let entities = (0..<next(20)).map { _ in
                let start = next(30)
                let type = EntityType.allCases[next(EntityType.allCases.count)]
                return Entity(type, at: start..<start + next(12), certainty: UInt8(next(256)))
            }
            let resolved = Self.resolve(entities)
            for (first, second) in zip(resolved, resolved.dropFirst()) {
                #expect(first.range.upperBound <= second.range.lowerBound)
            }
            #expect(resolved.allSatisfy { !$0.range.isEmpty && $0.range.upperBound <= 40 })
        }
    }

    @Test func `hears what finds names around the structured spans`() {
        let finder = EntityFinder(names: FirstWord())
        #expect(Self.entities(finder, "Jo 613-555-0142").map(\.type) == [.name, .phone])
    }

    @Test func `leaves what the organization allows whatever its case`() {
        let finder = EntityFinder(names: nil, allowed: AllowList(["INFO@example.com", "14 Larch Street"]))
        let found = Self.entities(finder, "info@EXAMPLE.com, jo@example.com, 14 larch street")
        #expect(found.map(\.range) == [18..<32])
    }

    @Test func `prints nothing of what is allowed`() {
        let allowed = AllowList(["Corner Bakery"])
        #expect("\(allowed)" == "<redacted>")
        #expect(String(reflecting: allowed) == "<redacted>")
        var dumped = ""
        dump(allowed, to: &dumped)
        #expect(!dumped.contains("Bakery"))
    }

    /// Takes the first two bytes for a name, if nothing else stands there.
    private struct FirstWord: NameFinding {
        func find(in text: UnsafeBufferPointer<UInt8>, around structured: [Entity], into entities: inout [Entity]) {
            guard structured.first.map({ $0.range.lowerBound > 2 }) ?? true else { return }
            entities.append(Entity(.name, at: 0..<2, certainty: 100))
        }
    }

    private static let text = Array("Maria maria@example.com 613-555-0142 xyz".utf8)

    private static func resolve(_ entities: [Entity]) -> [Entity] {
        text.withUnsafeBufferPointer { entities.resolvingOverlaps(in: $0) }
    }

    private static func entities(_ finder: EntityFinder, _ text: String) -> [Entity] {
        Array(text.utf8).withUnsafeBufferPointer { finder.entities(in: $0) }
    }
}
