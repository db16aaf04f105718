extension ModelNames {
    /// Google Cloud, "Model versions and lifecycle": `gemini-2.5-pro` is answered by what it stands for at the time, such
    /// as `gemini-2.5-pro-001`, `gemini-2.5-pro-preview-05-06` or `gemini-2.5-flash-preview-09-2025`.
    static let gemini = ModelNames(snapshots: ["-###", "-preview-##-##", "-preview-##-####", "-exp-##-##"])

    /// Google Cloud, "Claude models": Google writes `claude-haiku-4-5@20251001`, and the reply has Anthropic's name,
    /// `claude-haiku-4-5-20251001`.
    static let vertexAnthropic = ModelNames(snapshots: claudeSnapshots) { model in
        let parts = model.split(separator: "@", maxSplits: 1)
        guard parts.count == 2, !["default", "latest"].contains(parts[1]) else { return String(parts.first ?? "") }
        return parts.joined(separator: "-")
    }
}
