import Domain
import Providers

extension LiteLLMImport {
    /// - Throws: ``LeftOut``.
    mutating func route(of entry: LiteLLMEntry) throws(LeftOut) -> ImportedRoute {
        var entry = entry
        let id = try name(of: entry)
        let model = try model(of: &entry)
        try checkMode(of: &entry, model.provider)
        let place = try place(of: model, &entry)
        try takeAccount(of: model.provider, &entry)
        let facts = facts(of: model, at: place)
        let prices = prices(&entry) ?? facts.known?.priceMembers
        if prices == nil {
            note(.differs, entry.line, entry.subject, "its prices are unknown, and written as 0")
        }
        let capabilities = capabilities(&entry) ?? facts.known?.capabilityMembers
        let share = share(&entry)
        leaveRest(of: entry)
        return ImportedRoute(
            id: id, subject: entry.subject, line: entry.line, provider: model.provider,
            upstreamModel: model.upstreamModel,
            baseURL: place.base, region: facts.region, jurisdiction: facts.jurisdiction, processing: facts.processing,
            storage: facts.storage, exposure: facts.exposure, tier: facts.tier, prices: prices,
            capabilities: capabilities, share: share)
    }

    private mutating func name(of entry: LiteLLMEntry) throws(LeftOut) -> Route.ID {
        guard let member = entry.name, let text = member.text, let id = ScalarForm.identifier.read(text) else {
            throw LeftOut("its 'model_name' must be \(ScalarForm.identifier.expectation)")
        }
        guard !id.contains("*") else { throw LeftOut("each route is named: write its models one by one") }
        note(.taken, member.line, "\(entry.subject).model_name", "the route '\(id)'")
        return id
    }

    private mutating func model(of entry: inout LiteLLMEntry) throws(LeftOut) -> LiteLLMModel {
        guard let member = entry.parameter("model") else { throw LeftOut("it has no 'litellm_params.model'") }
        let base = entry.parameters.first { ["api_base", "base_url"].contains($0.name) }
        let model = try LiteLLMModel(
            try plain(member), at: try base.map { member throws(LeftOut) in try plain(member) })
        guard ScalarForm.identifier.read(model.upstreamModel) != nil, !model.upstreamModel.contains("*") else {
            throw LeftOut("its model must be \(ScalarForm.identifier.expectation), and no pattern")
        }
        note(
            model.remark == nil ? .taken : .differs, member.line, "\(entry.subject).litellm_params.model",
            "'\(model.upstreamModel)' of '\(model.provider)'\(model.remark.map { ": \($0)" } ?? "")")
        return model
    }

    private mutating func checkMode(of entry: inout LiteLLMEntry, _ provider: ProviderID) throws(LeftOut) {
        guard let member = entry.fact("mode"), let mode = member.text else { return }
        switch mode {
        case "chat", "responses": break
        case "embedding" where ["openai", "azure", "compatible"].contains(provider.rawValue): break
        case "embedding": throw LeftOut("embeddings aren't translated for '\(provider)'")
        default: throw LeftOut("there is no surface for the mode \(quoted(mode))")
        }
        note(.taken, member.line, "\(entry.subject).model_info.mode", "callers choose the surface")
    }

    // MARK: Where it is

    struct Place {
        /// Nil: the provider's own.
        var base: String?
        /// Nil where LiteLLM's file doesn't say.
        var region: String?
    }

    private mutating func place(of model: LiteLLMModel, _ entry: inout LiteLLMEntry) throws(LeftOut) -> Place {
        var place = Place(region: model.region)
        let names = ["aws_bedrock_runtime_endpoint", "api_base", "base_url"]
        for name in names {
            guard let member = entry.parameter(name) else { continue }
            place.base = try Self.base(try plain(member), for: model)
            note(.taken, member.line, "\(entry.subject).litellm_params.\(name)", "the route's 'base_url'")
        }
        if place.base == nil, ["azure", "compatible"].contains(model.provider.rawValue) {
            throw LeftOut("it has no 'api_base', without which '\(model.provider)' can't be reached")
        }
        let isAWS = model.provider.rawValue == "bedrock"
        for name in isAWS ? ["aws_region_name"] : ["vertex_location", "vertex_ai_location"] {
            guard let member = entry.parameter(name) else { continue }
            guard let region = ScalarForm.region.read(try plain(member)) else {
                throw LeftOut("'\(name)' must be \(ScalarForm.region.expectation)")
            }
            place.region = region
            note(.taken, member.line, "\(entry.subject).litellm_params.\(name)", "the route's region")
        }
        if place.region == nil, isAWS || model.provider.rawValue.hasPrefix("vertex") {
            throw LeftOut("it doesn't say which region accepts its requests: name it, and import again")
        }
        return place
    }

    /// LiteLLM's hosts with or without the beginning of a path, as our providers want them.
    private static func base(_ text: String, for model: LiteLLMModel) throws(LeftOut) -> String {
        var url = text
        while url.hasSuffix("/") { url.removeLast() }
        let endings: [String]
        switch model.provider.rawValue {
        case "anthropic": endings = ["/v1/messages", "/v1"]
        case "cohere": endings = ["/v1/chat", "/v2/chat", "/v1", "/v2"]
        default: endings = []
        }
        for ending in endings where url.hasSuffix(ending) { url.removeLast(ending.count) }
        if model.remark?.hasPrefix("Ollama") == true, !url.hasSuffix("/v1") { url += "/v1" }
        guard ScalarForm.baseURL.read(url) != nil else {
            throw LeftOut("its host must be \(ScalarForm.baseURL.expectation)")
        }
        return url
    }

    private struct Facts {
        var known: CatalogEntry?
        var region: String
        var jurisdiction: Jurisdiction
        var processing: JurisdictionSet
        var storage: JurisdictionSet
        var exposure: JurisdictionSet
        var tier: Tier
    }

    /// What is known of the place: from the built-in catalogue, or from what the provider's interface admits. Nothing else
    /// is claimed.
    private func facts(of model: LiteLLMModel, at place: Place) -> Facts {
        let isElsewhere = place.base != nil && place.region == nil
        let known = isElsewhere ? nil : knownEntry(of: model.provider, model: model.upstreamModel, in: place.region)
        let region = place.region ?? known?.residency.region ?? "unknown"
        let adapter = everyProvider.first { $0.facts.id == model.provider }
        let url = place.base ?? adapter?.facts.defaultBaseURL(region)
        let finding = url.flatMap { Endpoint(url: $0) }.flatMap { endpoint in
            adapter?.facts.residency(
                RouteSite(upstreamModel: model.upstreamModel, region: region, endpoint: endpoint))
        }
        return Facts(
            known: known, region: region,
            jurisdiction: known?.residency.jurisdiction ?? finding?.jurisdiction ?? .anywhere,
            processing: known?.residency.processing ?? finding?.processing?.places ?? .anywhere,
            storage: known?.residency.storage ?? .anywhere, exposure: known?.residency.exposure ?? .anywhere,
            tier: known?.tier ?? .providerAPI)
    }

    private mutating func leaveRest(of entry: LiteLLMEntry) {
        for member in entry.parameters { leave(member, below: "\(entry.subject).litellm_params") }
        for member in entry.information { leave(member, below: "\(entry.subject).model_info") }
        for member in entry.strangers { leave(member, below: entry.subject) }
    }
}
