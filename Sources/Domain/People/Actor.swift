/// Who does something: the holder of the admin token, or a member of an organization.
public enum Actor: Hashable, Sendable {
    /// May do everything, in every organization.
    case token
    case member(User.ID, OrganizationID, Role)

    /// Whether a page may show what needs a permission.
    public func has(_ permission: Permission) -> Bool {
        switch self {
        case .token: true
        case .member(_, let organization, let role):
            role.permissions.contains(permission) && (!permission.isInstallationWide || organization == .default)
        }
    }

    /// Lets what is permitted pass. The only door: whatever reads or changes something goes through it.
    ///
    /// - Parameter organization: whose thing it is; nil for the installation's own.
    /// - Throws: ``AccessRefusal``.
    public func check(_ permission: Permission, in organization: OrganizationID?) throws(AccessRefusal) {
        if case .member(_, let own, _) = self, let organization, organization != own { throw .unknown }
        guard has(permission) else { throw .denied(permission) }
    }

    /// The organization that lists are of; nil: all.
    public var organization: OrganizationID? {
        if case .member(_, let organization, _) = self { organization } else { nil }
    }
}

/// Why something isn't done.
public enum AccessRefusal: Error, Hashable, Sendable {
    /// The role doesn't allow it.
    case denied(Permission)
    /// It is another organization's: as if it weren't there.
    case unknown
}
