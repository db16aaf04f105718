public import Domain

extension Store {
    /// Tells the admin audit that another configuration takes the place of the one that was in force.
    ///
    /// - Throws: ``StoreError``.
    public func noteConfiguration(from before: AuditValue, to after: AuditValue) throws {
        try change { _, audit in
            try audit.record(.configurationChanged, of: "configuration", in: nil, from: before, to: after)
        }
    }

    /// What stands for a secret in the admin audit: the same for the same one, and nothing that it can be found from.
    ///
    /// - Throws: ``FileError`` or ``InstallationSecretUnusable``.
    public func auditDigest(of secret: String) throws -> String { try secretDigests.digest(secret) }
}
