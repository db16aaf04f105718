extension ModelNames {
    /// Amazon Bedrock User Guide, "Anthropic Claude Messages API": the reply has Anthropic's name,
    /// `claude-haiku-4-5-20251001`, for the id `global.anthropic.claude-haiku-4-5-20251001-v1:0`. The ARN of an
    /// application's own profile doesn't tell which model it leads to.
    static let bedrockAnthropic = ModelNames(snapshots: claudeSnapshots) { id in
        guard let maker = id.firstRange(of: "anthropic.") else { return nil }
        let name = id[maker.upperBound...]
        guard let version = name.lastIndex(of: "-"), name[version...].hasPrefix("-v") else { return String(name) }
        return String(name[..<version])
    }
}
