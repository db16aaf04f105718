import Domain
import Testing

@testable import Routing
@testable import northern

@Suite struct BuiltInLifecycleTests {
    let routes: [Route.ID: Route]

    init() throws {
        let loaded = try CatalogLoader.complete.routes(from: [.builtIn])
        routes = Dictionary(loaded.map { ($0.route.id, $0.route) }, uniquingKeysWith: { first, _ in first })
    }

    @Test(arguments: [
        ("azure/o3-mini-ca", "2026-11-18", "retiring"),
        ("azure/o3-mini-ca", "2026-11-19", "retired"),
        ("azure/gpt-5-ca", "2026-11-10", "active"),
        ("azure/gpt-5-ca", "2026-11-11", "retiring"),
        ("azure/gpt-5-ca", "2027-02-08", "retiring"),
        ("azure/gpt-5-ca", "2027-02-09", "retired"),
        ("openai/gpt-5-global", "2026-11-23", "retiring"),
        ("openai/gpt-5-global", "2026-12-11", "retired"),
        ("bedrock/global.anthropic.claude-sonnet-4-5-20250929-v1:0-global", "2026-12-01", "active"),
        ("bedrock/global.anthropic.claude-sonnet-4-6-global", "2030-01-01", "active"),
        ("bedrock/global.anthropic.claude-haiku-4-5-20251001-v1:0-global", "2030-01-01", "active"),
        ("vertex_ai/gemini-2.5-pro-ca", "2030-01-01", "active"),
        ("vertex_ai/gemini-2.5-flash-lite-ca", "2026-10-20", "active"),
    ])
    func `a route is as old as its dates say`(id: String, day: String, expected: String) throws {
        let state = try #require(routes[id]).lifecycle.state(on: try .day(day))
        let name =
            switch state {
            case .active: "active"
            case .retiring: "retiring"
            case .deprecated: "deprecated"
            case .retired: "retired"
            }
        #expect(name == expected)
    }

    @Test func `the replacement outlives what it replaces`() throws {
        for route in routes.values {
            guard let id = route.lifecycle.replacement else { continue }
            let other = try #require(routes[id]).lifecycle
            let end = try #require(route.lifecycle.retiresAt)
            #expect(other.retiresAt.map { $0 > end } ?? true, "\(route.id)")
        }
    }

    @Test func `no replacement and no fallback weakens residency`() throws {
        for route in routes.values {
            for id in route.fallbacks + [route.lifecycle.replacement].compactMap(\.self) {
                let other = try #require(routes[id])
                #expect(other.isAsResident(as: route) && other.tier == route.tier, "\(route.id) -> \(id)")
            }
        }
    }

    @Test func `a fallback reads images and calls tools if the route does`() throws {
        for route in routes.values {
            for other in try route.fallbacks.map({ try #require(routes[$0]).capabilities }) {
                #expect(other.supportsVision || !route.capabilities.supportsVision, "\(route.id)")
                #expect(other.supportsFunctionCalling || !route.capabilities.supportsFunctionCalling, "\(route.id)")
            }
        }
    }
}
