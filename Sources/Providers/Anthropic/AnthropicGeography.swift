import Domain

/// What `usage.inference_geo` says of where a model has run.
///
/// Anthropic, "Data residency": `us`, `global`, and `not_available` where the model can't be told where to run.
enum AnthropicGeography {
    static func places(of word: String) -> JurisdictionSet? {
        switch word {
        case "not_available": nil
        case "us": Jurisdiction("US").map { JurisdictionSet([$0]) }
        // A word that isn't known promises no place.
        default: .anywhere
        }
    }
}
