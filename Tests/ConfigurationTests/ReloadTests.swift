import Testing

@testable import northern

@Suite struct ReloadTests {
    private func reading(_ flags: [String: String], environment: [String: String] = [:]) async throws
        -> ConfigurationReading
    {
        try await GatewayConfiguration(SettingReader(file: nil, flags: flags, environment: environment)).reading
    }

    private func text(_ reading: ConfigurationReading, since started: ConfigurationReading) -> ConfigurationText {
        reading.text(startedWith: started, catalogs: []) { "digest of \($0.count) characters" }
    }

    @Test func `what a reload doesn't change is named, and the text has what was at the start`() async throws {
        let started = try await reading(["listen.port": "1", "log.level": "info"])
        let later = try await reading(["listen.port": "2", "log.level": "debug"])
        #expect(later.waitingForRestart(since: started) == ["listen.port"])
        let text = text(later, since: started)
        #expect(text.settings["listen.port"] == "1" && text.settings["log.level"] == "debug")
        #expect(self.text(started, since: started).changes(to: text) == ["log.level"])
    }

    @Test func `a setting that nobody has thought about needs a restart`() {
        #expect(!Setting("telepathy.mode", "").isReloadable && !Settings.port.isReloadable)
        #expect(Settings.catalogFile.isReloadable && UpstreamSetting.retries.isReloadable)
        #expect(!CredentialSetting.masterKey.isReloadable && !Settings.issuer.isReloadable)
    }

    @Test func `neither secrets nor passwords in addresses are in the text, and a reading prints nothing`() async throws
    {
        let reading = try await reading([
            "openai.api_key": "sk-canary", "pii.recognizer_url": "https://me:canary@recognizer.example/",
        ])
        let text = text(reading, since: reading)
        #expect(text.settings["openai.api_key"] == "digest of 9 characters")
        #expect(text.settings["pii.recognizer_url"]?.hasPrefix("digest") == true)
        var dumped = ""
        dump(reading, to: &dumped)
        #expect(!"\(text) \(reading) \(dumped)".contains("canary"))
    }

    @Test func `the digest is of what is in force, whichever way it was set`() async throws {
        let flag = try await reading(["log.level": "info"])
        let variable = try await reading([:], environment: ["NORTHERN_LOG_LEVEL": "info"])
        #expect(text(flag, since: flag).digest == text(variable, since: variable).digest)
    }
}
