import Domain
import Testing

@Suite struct JurisdictionTests {
    @Test(arguments: ["CA", "US", "ZZ", "*"])
    func `a country is two capitals`(_ code: String) {
        #expect(Jurisdiction(code)?.code == code)
    }

    @Test(arguments: ["", "C", "ca", "CAN", "C1", "**", "C*", "É", " CA", "CA ", "ＣＡ"])
    func `other texts are no country`(_ code: String) {
        #expect(Jurisdiction(code) == nil)
    }

    @Test func `anywhere swallows every other place`() throws {
        let everywhere = try set("US", "*", "CA")
        #expect(everywhere == .anywhere && everywhere.description == "*")
    }

    @Test func `anywhere is a subset of nothing but itself`() throws {
        #expect(JurisdictionSet.anywhere.isSubset(of: .anywhere))
        #expect(try !JurisdictionSet.anywhere.isSubset(of: set("CA", "US")))
        #expect(try set("CA").isSubset(of: .anywhere) && set("CA").isSubset(of: set("US", "CA")))
        #expect(try !set("CA", "US").isSubset(of: set("CA")) && !set("US").isSubset(of: set()))
        #expect(try set().isSubset(of: set("CA")))
    }

    @Test func `a set is printed in order, once each`() throws {
        #expect(try set("US", "CA", "US", "FR").description == "CA,FR,US" && set().description.isEmpty)
        #expect(try set("US", "CA") == set("CA", "US", "CA"))
    }

    private func set(_ codes: String...) throws -> JurisdictionSet {
        JurisdictionSet(try codes.map { try #require(Jurisdiction($0)) })
    }
}

@Suite struct EvidenceGradeTests {
    @Test func `grades are in the order of their strength`() {
        #expect(EvidenceGrade.allCases == EvidenceGrade.allCases.sorted() && EvidenceGrade.declared < .reconciled)
        #expect(EvidenceGrade.observedNetwork < .observedProvider && EvidenceGrade.constrained < .observedNetwork)
    }
}
