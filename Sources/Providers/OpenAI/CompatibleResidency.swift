import Domain

/// A host of one's own runs what it is asked for itself, unless it hands it on.
enum CompatibleResidency {
    static func finding(for site: RouteSite) -> ResidencyFinding {
        guard isOllamaCloud(site.upstreamModel) else { return ResidencyFinding() }
        return ResidencyFinding(
            processing: .init(
                .anywhere, since: "Ollama hands '\(site.upstreamModel)' to ollama.com, wherever it stands"))
    }

    /// Ollama, "Cloud models": one whose tag is or ends in `cloud`.
    static func isOllamaCloud(_ model: String) -> Bool {
        guard model.contains(":"), let tag = model.split(separator: ":").last else { return false }
        return tag == "cloud" || tag.hasSuffix("-cloud")
    }
}
