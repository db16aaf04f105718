import Domain
import Foundation

/// What the template `models` shows: the routes that were asked for, by tier, least exposed first.
struct ModelsPage {
    let count: Int
    let total: Int
    /// Whether some are left out.
    let isFiltered: Bool
    let filter: FilterForm
    let tiers: [TierSection]

    struct TierSection {
        let id: String
        let name: String
        let meaning: String
        let routes: [RouteRow]
    }

    init(_ routes: [Route], filter: RouteFilter = RouteFilter(), in language: Language) {
        let shown = routes.filter(filter.admits)
        count = shown.count
        total = routes.count
        isFiltered = filter != RouteFilter()
        self.filter = FilterForm(filter, of: routes, in: language)
        tiers = Tier.allCases.compactMap { tier in
            let rows = shown.filter { $0.tier == tier }.map { RouteRow($0, in: language) }
            guard !rows.isEmpty else { return nil }
            return TierSection(
                id: tier.rawValue, name: tier.title[language], meaning: tier.meaning[language], routes: rows)
        }
    }
}

/// A route as a row of a table.
struct RouteRow {
    let id: String
    let path: String
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

    init(_ route: Route, in language: Language) {
        id = route.id
        path = route.pagePath
        name = route.name
        region = route.residency.region
        jurisdiction = route.residency.jurisdiction.named(in: language)
        processing = route.residency.processing.named(in: language)
        exposure = route.residency.exposure.named(in: language)
        input = route.prices.charge.input.asDollars
        output = route.prices.charge.output.asDollars
        takesImages = route.capabilities.supportsVision
        retires = route.lifecycle.retiresAt?.description
        isUnenforced = !route.lifecycle.isEnforced
        replacement = route.lifecycle.replacement
    }
}

extension Route {
    /// Where its page is. The id is percent-encoded (RFC 3986, section 2.1) but for its slashes, so the path may stand in
    /// an attribute.
    var pagePath: String { "/models/" + id.percentEncoded(keeping: "/") }

    /// Browsers and proxies encode more or less than they need to, so what is meant is compared.
    func hasPage(at path: String) -> Bool { path.removingPercentEncoding == "/models/" + id }
}

extension TokenPrice {
    /// At least two decimals, as prices are written.
    var asDollars: String {
        let parts = description.split(separator: ".")
        guard let whole = parts.first else { return description }
        let fraction = parts.count == 2 ? String(parts[1]) : ""
        return "\(whole).\(fraction)" + String(repeating: "0", count: max(0, 2 - fraction.utf8.count))
    }
}
