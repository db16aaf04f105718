import Domain
import Privacy
import Testing

@Suite struct EntityTests {
    @Test func `each entity type has a name of its own`() {
        #expect(Set(EntityType.allCases.map(\.name)).count == EntityType.allCases.count)
    }
}
