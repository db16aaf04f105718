import Domain

// Who sees which credentials, and whose a new one may be: for the admin API and for the portal.

extension ProviderCredential {
    /// Whoever manages the installation's sees every one; all others see their organization's.
    func isVisible(to actor: Actor) -> Bool {
        actor.has(.manageCredentials) || organization.map { $0 == actor.organization } ?? false
    }
}

extension CredentialAdministration {
    /// Nil where there is none with this id that the actor may see.
    func credential(_ id: ProviderCredential.ID, visibleTo actor: Actor) async throws -> ProviderCredential? {
        try await credentials().first { $0.id == id && $0.isVisible(to: actor) }
    }
}

extension PeopleDirectory {
    /// Whose a credential is to be; nil: the platform's.
    ///
    /// - Parameter id: nil for the platform where the actor manages its credentials, and for all others their own
    ///   organization.
    /// - Throws: ``AdminError/organizationNotFound`` for one that isn't there, or isn't the actor's.
    func credentialOwner(_ id: OrganizationID?, addedBy actor: Actor) async throws -> OrganizationID? {
        guard let id else { return actor.has(.manageCredentials) ? nil : actor.organization }
        guard actor.has(.manageCredentials) || id == actor.organization else { throw AdminError.organizationNotFound }
        return try await known(id)
    }
}
