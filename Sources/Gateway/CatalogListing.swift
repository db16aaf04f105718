import Domain
import Providers
import Wire

/// Routes as lists and objects that callers read.
enum CatalogListing {
    /// OpenAI's list, with our members beside its own.
    static func models(_ routes: [Route]) -> [UInt8] {
        let data = routes.map { JSON.object(openAIModel($0)) }
        return JSON.object(["object": "list", "data": .array(data)]).bytes()
    }

    static func model(_ route: Route) -> [UInt8] { JSON.object(openAIModel(route)).bytes() }

    /// Every public route with all its facts.
    static func billing(_ routes: [(Route, ProviderFacts?)]) -> [UInt8] {
        JSON.object(["models": .array(routes.map { .object(billingModel($0, $1)) })]).bytes()
    }

    /// 2025-01-01: the wire wants a number here, and a route has no birthday.
    private static let created: JSON = 1_735_689_600

    private static func openAIModel(_ route: Route) -> JSONObject {
        [
            "id": .string(route.id),
            "object": "model",
            "created": created,
            "owned_by": .string(route.provider.rawValue),
            "shutdown_date": route.lifecycle.retiresAt.map { .string($0.description) } ?? .null,
            "name": .string(route.name),
            "tier": .string(route.tier.rawValue),
            "supports_vision": .bool(route.capabilities.supportsVision),
            "capabilities": .object(capabilities(route.capabilities)),
            "residency": .object(residency(route.residency)),
        ]
    }

    private static func billingModel(_ route: Route, _ facts: ProviderFacts?) -> JSONObject {
        [
            "model_id": .string(route.id),
            "name": .string(route.name),
            "provider": .string(facts?.displayName ?? route.provider.rawValue),
            "upstream_model": .string(route.upstreamModel),
            "tier": .string(route.tier.rawValue),
            "credential_source": .string(route.credentialSource.rawValue),
            "residency": .object(residency(route.residency)),
            "onward": .string(route.onward.rawValue),
            "prices": .object(prices(route.prices)),
            "supports_vision": .bool(route.capabilities.supportsVision),
            "capabilities": .object(capabilities(route.capabilities)),
            "lifecycle": .object(lifecycle(route.lifecycle)),
            "retention": .object(retention(route.retention)),
            "fallbacks": .array(route.fallbacks.map { .string($0) }),
        ]
    }

    private static func capabilities(_ value: Capabilities) -> JSONObject {
        [
            "supports_vision": .bool(value.supportsVision),
            "modalities": .array(value.modalities.map { .string($0) }),
            "context_window": JSON(value.contextWindow),
            "max_output_tokens": JSON(value.maximumOutputTokens),
            "supports_function_calling": .bool(value.supportsFunctionCalling),
            "supports_sampling_parameters": .bool(value.supportsSamplingParameters),
            "basis": .string(value.basis.rawValue),
        ]
    }

    static func residency(_ value: Residency) -> JSONObject {
        [
            "endpoint_region": .string(value.region),
            "endpoint_jurisdiction": .string(value.jurisdiction.code),
            "processing": codes(value.processing),
            "storage": codes(value.storage),
            "exposure": codes(value.exposure),
            "evidence": .string(value.evidence.endpoint.rawValue),
            "processing_evidence": .string(value.evidence.processing.rawValue),
        ]
    }

    private static func codes(_ set: JurisdictionSet) -> JSON {
        .array(set.members.sorted().map { .string($0.code) })
    }

    /// Dollars per million tokens as decimal texts: numbers would be read as binary fractions.
    static func prices(_ value: PriceSnapshot) -> JSONObject {
        var object: JSONObject = ["currency": "USD", "per_tokens": 1_000_000, "snapshot": .string(value.id)]
        addClasses(of: value.charge, to: &object)
        if let long = value.longPrompt {
            var prices: JSONObject = ["above_tokens": JSON(long.aboveTokens)]
            addClasses(of: long.charge, to: &prices)
            object["long_prompt"] = .object(prices)
        }
        return object
    }

    private static func addClasses(of prices: TokenPrices, to object: inout JSONObject) {
        object["input"] = .string(prices.input.description)
        object["cached_input"] = .string(prices.cachedInput.description)
        object["cache_write"] = .string(prices.cacheWrite.description)
        object["output"] = .string(prices.output.description)
        object["reasoning"] = .string(prices.reasoning.description)
    }

    private static func lifecycle(_ value: Lifecycle) -> JSONObject {
        [
            "deprecated_at": value.deprecatedAt.map { .string($0.description) } ?? .null,
            "retires_at": value.retiresAt.map { .string($0.description) } ?? .null,
            "replacement": value.replacement.map { .string($0) } ?? .null,
            "enforced": .bool(value.isEnforced),
        ]
    }

    private static func retention(_ value: Retention) -> JSONObject {
        [
            "days": value.days.map { JSON($0) } ?? .null,
            "used_for_training": .bool(value.isUsedForTraining),
            "reviewed_by_humans": .bool(value.isReviewedByHumans),
        ]
    }
}
