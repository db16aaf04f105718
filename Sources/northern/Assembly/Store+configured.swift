import Storage

extension Store {
    /// The store that a configuration names: SQLite in the data directory, or PostgreSQL under a URL.
    ///
    /// - Throws: ``StoreError``, ``SecretNotShared``, or ``FileError``.
    convenience init(_ configuration: GatewayConfiguration) throws {
        let directory = configuration.dataDirectory
        if let url = configuration.storeURL {
            try self.init(postgres: PostgresURL(url), directory: directory)
            try confirmSecrets(Self.namesOfAllSecrets)
        } else {
            try self.init(path: "\(directory)/northern.sqlite")
        }
    }

    static var namesOfAllSecrets: [String] { secretNames + [ContentKeys.fileName, StandInKeys.fileName] }

    /// The one of the data directory, where no other master key is configured.
    func confirmMasterKey(_ configuration: GatewayConfiguration) throws {
        if configuration.storedCredentials.hasOwnMasterKey { try confirmSecrets([MasterKey.fileName]) }
    }
}
