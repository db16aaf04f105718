import Domain

/// Whose account a provider is asked with.
extension LiteLLMImport {
    /// What an entry doesn't have counts too: with a key of another entry, it would be another account, and that key would
    /// go to this entry's host.
    ///
    /// - Throws: ``LeftOut`` where the account isn't that of the entries before.
    mutating func takeAccount(of provider: ProviderID, _ entry: inout LiteLLMEntry) throws(LeftOut) {
        guard let account = LiteLLMAccount.all[provider.rawValue] else { return }
        guard !entry.parameters.contains(where: { $0.name == "azure_ad_token" }) else {
            throw LeftOut("a fixed token of Entra runs out: 'docs/credentials.md' has those that are renewed")
        }
        let place = account.secrets.compactMap { settings.line(of: $0.setting) }.first.map { " on line \($0)" } ?? ""
        let other = LeftOut(
            "the entry\(place) has a different account at '\(provider)', and there is one of each: give this one a "
                + "gateway of its own")
        let given = account.secrets.map { entry.parameter($0.member) }
        let hasNone = given.allSatisfy { $0 == nil }
        for (place, (name, setting)) in account.secrets.enumerated() {
            let member = given[place]
            let usual = place == 0 && hasNone ? account.usualVariable.map { ImportedSecret.variable($0) } : nil
            guard let secret = member.map({ ImportedSecret($0.text ?? "") }) ?? usual ?? .absent else {
                throw LeftOut("'\(name)' names a variable that no shell can have")
            }
            guard settings.set(setting, secret, line: member?.line ?? entry.line) else { throw other }
            noteSecret(secret, as: setting, member?.line ?? entry.line, "\(entry.subject).litellm_params.\(name)")
        }
        for (name, setting) in account.settings {
            try takeSetting(setting, entry.parameter(name), "\(entry.subject).litellm_params.\(name)", or: other)
        }
    }

    private mutating func noteSecret(_ secret: ImportedSecret, as setting: Setting, _ line: Int, _ subject: String) {
        switch secret {
        case .variable(let name):
            note(.taken, line, subject, "the variable \(setting.environmentVariable), from $\(name)")
        case .pasted:
            note(.taken, line, subject, "the variable \(setting.environmentVariable): its value isn't copied")
        case .absent: break
        }
    }

    private mutating func takeSetting(
        _ setting: Setting, _ member: SourceMember?, _ subject: String, or other: LeftOut
    ) throws(LeftOut) {
        // Versions of an interface are no accounts: an entry without one takes what is usual.
        guard member != nil || setting.key != ProviderSetting.azureVersion.key else { return }
        guard settings.set(setting, try member.map { member throws(LeftOut) in try plain(member) } ?? "") else {
            throw other
        }
        if let member { note(.taken, member.line, subject, "the setting '\(setting.key)'") }
    }
}
