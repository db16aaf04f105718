extension ModelNames {
    /// OpenAI, "Models": an alias such as `gpt-4.1` is answered by the snapshot that it points to at the time,
    /// `gpt-4.1-2025-04-14`, or `gpt-4-0613` in the years before.
    static let openAI = ModelNames(snapshots: openAISnapshots)

    /// A deployment may have any name, so its replies, which name the model, are held against nothing unless the
    /// catalogue says what was deployed.
    static let azure = ModelNames(snapshots: openAISnapshots) { _ in nil }

    /// Servers of one's own repeat what they were asked for.
    static let compatible = ModelNames()

    private static let openAISnapshots: [StaticString] = ["-####-##-##", "-####"]
}
