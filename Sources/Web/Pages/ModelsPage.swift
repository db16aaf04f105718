import Domain

/// What the template `models` shows: every route, by tier, least exposed first.
struct ModelsPage {
    let count: Int
    let tiers: [TierSection]

    struct TierSection {
        let id: String
        let name: String
        let meaning: String
        let routes: [RouteRow]
    }

    init(_ routes: [Route]) {
        count = routes.count
        tiers = Tier.allCases.compactMap { tier in
            let rows = routes.filter { $0.tier == tier }.map(RouteRow.init)
            guard !rows.isEmpty else { return nil }
            return TierSection(id: tier.rawValue, name: tier.title, meaning: tier.meaning, routes: rows)
        }
    }
}

/// A route as a row of a table.
struct RouteRow {
    let id: String
    let name: String
    let region: String
    let jurisdiction: String
    let processing: String
    let exposure: String
    /// Dollars per million tokens.
    let input: String
    let output: String
    let takesImages: Bool
    let retires: String?
    /// Whether the date is shown only.
    let isUnenforced: Bool
    let replacement: String?

    init(_ route: Route) {
        id = route.id
        name = route.name
        region = route.residency.region
        jurisdiction = route.residency.jurisdiction.named
        processing = route.residency.processing.named
        exposure = route.residency.exposure.named
        input = route.prices.charge.input.asDollars
        output = route.prices.charge.output.asDollars
        takesImages = route.capabilities.supportsVision
        retires = route.lifecycle.retiresAt?.description
        isUnenforced = !route.lifecycle.isEnforced
        replacement = route.lifecycle.replacement
    }
}

extension Tier {
    var title: String {
        switch self {
        case .customerPremises: "Customer premises"
        case .canadianOwnedCloud: "Canadian-owned cloud"
        case .managedCanadianCloud: "Managed Canadian cloud"
        case .providerAPI: "Provider API"
        }
    }

    var meaning: String {
        switch self {
        case .customerPremises: "The customer's own hardware."
        case .canadianOwnedCloud: "In Canada, with no foreign parent in the stack."
        case .managedCanadianCloud: "A Canadian region of a foreign-owned cloud."
        case .providerAPI: "The provider's own default, mostly the United States."
        }
    }
}

extension Jurisdiction {
    var named: String { self == .anywhere ? "anywhere" : code }
}

extension JurisdictionSet {
    /// The codes in order, or a word where no place is excluded.
    var named: String { members.sorted().map(\.named).joined(separator: ", ") }
}

extension TokenPrice {
    /// At least two decimals, as prices are written.
    fileprivate var asDollars: String {
        let parts = description.split(separator: ".")
        guard let whole = parts.first else { return description }
        let fraction = parts.count == 2 ? String(parts[1]) : ""
        return "\(whole).\(fraction)" + String(repeating: "0", count: max(0, 2 - fraction.utf8.count))
    }
}
