import Domain

/// What the template `landing` shows.
struct LandingPage {
    /// Where callers reach the gateway, without `/v1`.
    let baseURL: String
    let facts: [Fact]
    let example: Example?
    let guides: [GuideEntry]

    /// A number and what it counts.
    struct Fact {
        let number: Int
        let words: String
    }

    /// A call that works, and what its reply says about itself.
    struct Example {
        let route: String
        let tier: String
        let region: String
        let jurisdiction: String
        let processing: String
        let exposure: String
    }

    init(baseURL: String, routes: [Route], in language: Language) {
        self.baseURL = baseURL
        facts = Self.facts(routes, in: language)
        let lasting = routes.filter(Self.isLasting)
        example = (lasting.first(where: Self.staysWhereItEnters) ?? lasting.first).map(Example.init)
        guides = GuideEntry.all(current: nil, in: language)
    }

    private static func facts(_ routes: [Route], in language: Language) -> [Fact] {
        func count(_ condition: (Route) -> Bool) -> Int { routes.count(where: condition) }
        return [
            Fact(number: routes.count, words: language.say("routes to choose from", "routes au choix")),
            Fact(
                number: count { $0.residency.processing.isOneCountry },
                words: language.say("processed in one named country", "traitées dans un seul pays nommé")),
            Fact(
                number: count { $0.residency.exposure.isOneCountry },
                words: language.say("exposed to one country's law alone", "exposées à la loi d'un seul pays")),
        ]
    }

    private static func isLasting(_ route: Route) -> Bool {
        route.lifecycle.retiresAt == nil || !route.lifecycle.isEnforced
    }

    private static func staysWhereItEnters(_ route: Route) -> Bool {
        route.residency.processing == JurisdictionSet([route.residency.jurisdiction])
    }
}

extension LandingPage.Example {
    fileprivate init(_ route: Route) {
        self.init(
            route: route.id, tier: route.tier.rawValue, region: route.residency.region,
            jurisdiction: route.residency.jurisdiction.code, processing: route.residency.processing.description,
            exposure: route.residency.exposure.description)
    }
}

extension JurisdictionSet {
    fileprivate var isOneCountry: Bool { members.count == 1 && !members.contains(.anywhere) }
}
