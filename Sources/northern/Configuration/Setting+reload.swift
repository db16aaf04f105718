extension Setting {
    /// Whether a reload puts another value in force. Of anything else it says that a restart is needed.
    var isReloadable: Bool {
        let section = key.prefix { $0 != "." }
        return Self.reloadableSections.contains(String(section)) || Self.reloadable.contains(key)
    }

    private static let reloadableSections: Set<String> = Set(
        (ProviderSetting.all + UpstreamSetting.all).map { String($0.key.prefix { $0 != "." }) }
    ).union(["catalog", "images", "pii", "telemetry"])

    private static let reloadable: Set<String> = Set(
        [
            Settings.bodyLimit, Settings.proxies, Settings.adminToken, Settings.jurisdiction, Settings.logLevel,
            Settings.logFormat, Settings.egressMode, Settings.retentionDays, Settings.contentDigests,
            ListenSetting.headBytes, ListenSetting.fields, ListenSetting.requestsPerConnection,
            ListenSetting.connections, ListenSetting.connectionsPerAddress, ListenSetting.idleTimeout,
            ListenSetting.headTimeout, ListenSetting.bodyTimeout, ListenSetting.bodyRate, ListenSetting.writeTimeout,
            ListenSetting.streams, ListenSetting.handshakeTimeout,
        ].map(\.key))
}
