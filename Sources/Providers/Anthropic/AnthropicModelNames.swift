extension ModelNames {
    /// Anthropic, "Models overview": the reply names the dated id, also where an alias was asked: `claude-sonnet-4-5`,
    /// `claude-sonnet-4-0` for the first one of a generation, or `claude-3-7-sonnet-latest`.
    static let anthropic = ModelNames(snapshots: claudeSnapshots) { model in
        for ending in ["-latest", "-0"] where model.hasSuffix(ending) { return String(model.dropLast(ending.count)) }
        return model
    }

    static let claudeSnapshots: [StaticString] = ["-########"]
}
