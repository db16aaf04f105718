import Domain
import Providers

/// What the built-in catalogue knows of models: prices, capabilities, and where they are.
struct KnownRoutes {
    private let entries: [CatalogEntry]

    init() {
        let file = CatalogFile(.builtIn, providers: everyProvider.map { $0.facts.id }, noting: CatalogProblems())
        entries = file.declarations.compactMap(\.entry)
    }

    /// - Parameter region: nil where the provider has one for all.
    /// - Returns: nil also where there are several, which might differ.
    func entry(of provider: ProviderID, model: String, in region: String?) -> CatalogEntry? {
        let found = entries.filter { entry in
            entry.provider == provider && entry.upstreamModel == model
                && (region.map { $0 == entry.residency.region } ?? true)
        }
        return found.count == 1 ? found.first : nil
    }
}

extension CatalogEntry {
    /// Members of `prices`.
    var priceMembers: String {
        let long = prices.longPrompt.map {
            ", long_prompt: {above_tokens: \($0.aboveTokens), \($0.cost.members)}"
        }
        return prices.cost.members + (long ?? "")
    }

    /// Members of `capabilities`.
    var capabilityMembers: String {
        """
        supports_vision: \(capabilities.supportsVision), supports_function_calling: \
        \(capabilities.supportsFunctionCalling), modalities: [\(capabilities.modalities.joined(separator: ", "))], \
        context_window: \(capabilities.contextWindow), max_output_tokens: \(capabilities.maximumOutputTokens), \
        supports_sampling_parameters: \(capabilities.supportsSamplingParameters)
        """
    }
}

extension TokenPrices {
    fileprivate var members: String {
        "input: \(input), output: \(output), cached_input: \(cachedInput), cache_write: \(cacheWrite), "
            + "reasoning: \(reasoning)"
    }
}
