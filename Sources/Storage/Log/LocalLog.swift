import CustodyLog
public import Domain

/// The log of a data directory, for commands that work on it while a gateway may be running.
public struct LocalLog: Sendable {
    private let store: Store
    private let directory: String

    public init(store: Store, directory: String) {
        self.store = store
        self.directory = directory
    }

    /// Another key signs from the next checkpoint on, and the one so far for some days beside it.
    ///
    /// - Throws: ``LogNotBegun``, ``StoreError``, ``FileError``, ``InstallationSecretUnusable`` or ``LogKeyUnusable``.
    public func rotateKey(overlap days: Int, at now: Timestamp) throws {
        let name = try store.settledOrigin()
        guard let name else { throw LogNotBegun() }
        try LogKeys(store, directory: directory, name: name, at: now).rotate(overlap: days, at: now)
    }

    /// As ``CustodyArchive/export(_:of:)``, of what has come to the store.
    ///
    /// - Throws: ``StoreError``.
    public func export(_ query: CustodyQuery, of organization: OrganizationID) throws -> CustodyExport? {
        try store.provenRecords(query, of: organization)
    }

    /// Entries of the last checkpoint; 0 before the first.
    ///
    /// - Throws: ``StoreError``.
    public func publishedSize() throws -> Int { try store.publishedCheckpoint()?.size ?? 0 }
}

extension LocalLog: PublishedLog {
    public func checkpoint() throws -> String? { try store.publishedCheckpoint()?.text }

    public func tile(_ path: String) throws -> [UInt8]? {
        guard let id = LogTile.ID(path: path) else { return nil }
        return try store.publishedTile(id)?.body
    }

    /// - Throws: ``LogNotBegun`` or ``StoreError``.
    public func identity() throws -> LogIdentity {
        guard let identity = try store.logIdentity() else { throw LogNotBegun() }
        return identity
    }
}

/// No gateway was ever started with the data directory.
public struct LogNotBegun: Error, Sendable, CustomStringConvertible {
    public init() {}

    public var description: String {
        "The data directory has no custody log yet. Start the gateway once ('northern serve'), and check "
            + "'data_directory'."
    }
}
