import Domain

/// A route that is made of one or more entries of an imported file.
struct ImportedRoute {
    var id: Route.ID
    /// Of the entry that it was made of, such as `model_list[0]`, and the line that it begins on.
    let subject: String
    let line: Int
    let provider: ProviderID
    let upstreamModel: String
    let baseURL: String?
    let region: String
    let jurisdiction: Jurisdiction
    let processing: JurisdictionSet
    let storage: JurisdictionSet
    let exposure: JurisdictionSet
    let tier: Tier
    /// Members of `prices` as the catalogue writes them; nil where nobody has said.
    let prices: String?
    /// Members of `capabilities`; nil: those of the model's family.
    let capabilities: String?
    /// How much of the traffic it had, in whatever unit its siblings have too.
    let share: Int?
    var weight = 1
    /// More hosts that serve the same.
    var others: [(baseURL: String, weight: Int)] = []
    var fallbacks: [Route.ID] = []

    /// Whether another one is the same but for its host.
    func isTwin(of other: ImportedRoute) -> Bool {
        provider == other.provider && upstreamModel == other.upstreamModel && region == other.region
            && baseURL != nil && other.baseURL != nil && baseURL != other.baseURL
    }

    /// A request is never sent further than its route says, and such a fallback is refused.
    func staysWithin(_ other: ImportedRoute) -> Bool {
        processing.isSubset(of: other.processing) && storage.isSubset(of: other.storage)
            && exposure.isSubset(of: other.exposure)
    }
}

extension ImportedRoute {
    static func catalog(_ routes: [ImportedRoute], version: String) -> String {
        """
        # Written by 'northern import litellm'. LiteLLM's file doesn't say where anything runs, is kept or can be disclosed: "*"
        # makes no claim. Write what you know, and look at the prices: bills are made of them.
        version: \(yamlText(version))
        routes:

        """ + routes.map(\.yaml).joined()
    }

    private var yaml: String {
        let unknownPrices = "{input: 0, output: 0}  # Unknown. Dollars per million tokens."
        var lines = [
            "  - id: \(yamlText(id))", "    name: \(yamlText(String(id.prefix(100))))",
            "    provider: \(provider.rawValue)",
            "    upstream_model: \(yamlText(upstreamModel))", "    tier: \(tier.rawValue)", "    endpoint: {\(place)}",
            "    processing: \(list(processing))", "    storage: \(list(storage))", "    exposure: \(list(exposure))",
            "    prices: \(prices.map { "{\($0)}" } ?? unknownPrices)",
        ]
        if let capabilities { lines.append("    capabilities: {\(capabilities)}") }
        if !fallbacks.isEmpty { lines.append("    fallbacks: [\(fallbacks.map(yamlText).joined(separator: ", "))]") }
        return lines.joined(separator: "\n") + "\n"
    }

    private var place: String {
        var members = ["region: \(yamlText(region))", "jurisdiction: \(yamlText(jurisdiction.code))"]
        if let baseURL { members.append("base_url: \(yamlText(baseURL))") }
        if !others.isEmpty {
            members.append("weight: \(weight)")
            let others = others.map { "{base_url: \(yamlText($0.baseURL)), weight: \($0.weight)}" }
            members.append("others: [\(others.joined(separator: ", "))]")
        }
        return members.joined(separator: ", ")
    }

    private func list(_ places: JurisdictionSet) -> String {
        "[\(places.members.sorted().map { yamlText($0.code) }.joined(separator: ", "))]"
    }
}
