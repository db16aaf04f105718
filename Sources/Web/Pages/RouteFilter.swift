import Domain

/// Which routes the page of models shows. What isn't asked about doesn't matter, and neither does what can't be read.
struct RouteFilter: Equatable {
    var tier: Tier?
    /// Processed in these places and nowhere else.
    var processing: JurisdictionSet?
    /// Exposed to the law of these places and of no other.
    var exposure: JurisdictionSet?
    var takesImages = false
    var takesTools = false
    /// The most that a million output tokens may be charged at.
    var output: TokenPrice?

    func admits(_ route: Route) -> Bool {
        (tier.map { route.tier == $0 } ?? true)
            && (processing.map { route.residency.processing.isSubset(of: $0) } ?? true)
            && (exposure.map { route.residency.exposure.isSubset(of: $0) } ?? true)
            && (!takesImages || route.capabilities.supportsVision)
            && (!takesTools || route.capabilities.supportsFunctionCalling)
            && (output.map { route.prices.charge.output <= $0 } ?? true)
    }
}

extension RouteFilter {
    /// - Parameter value: the value of a parameter of the query.
    init(query value: (String) -> String?) {
        tier = value("tier").flatMap { Tier(rawValue: $0) }
        processing = value("processing").flatMap { JurisdictionSet(codes: $0) }
        exposure = value("exposure").flatMap { JurisdictionSet(codes: $0) }
        takesImages = value("images") == "yes"
        takesTools = value("tools") == "yes"
        output = value("output").flatMap { TokenPrice(dollarsPerMillion: $0) }
    }
}

/// The filter as a form: every value that a route has is offered. Values are codes of ours, so they may stand in attributes.
struct FilterForm {
    let tiers: [Option]
    let processing: [Option]
    let exposure: [Option]
    let takesImages: Bool
    let takesTools: Bool
    let output: String

    struct Option {
        let value: String
        let label: String
        let isChosen: Bool
    }

    init(_ filter: RouteFilter, of routes: [Route], in language: Language) {
        tiers = Tier.allCases.filter { tier in routes.contains { $0.tier == tier } }.map { tier in
            Option(value: tier.rawValue, label: tier.title[language], isChosen: tier == filter.tier)
        }
        processing = Self.options(routes.map(\.residency.processing), filter.processing, language)
        exposure = Self.options(routes.map(\.residency.exposure), filter.exposure, language)
        takesImages = filter.takesImages
        takesTools = filter.takesTools
        output = filter.output?.description ?? ""
    }

    private static func options(
        _ sets: [JurisdictionSet], _ chosen: JurisdictionSet?, _ language: Language
    ) -> [Option] {
        Set(sets).subtracting([.anywhere]).sorted { $0.description < $1.description }.map { set in
            Option(value: set.description, label: set.countries(in: language), isChosen: set == chosen)
        }
    }
}
