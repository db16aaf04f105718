/// What a member is in an organization.
public enum Role: String, CaseIterable, Sendable {
    case owner, admin, developer, auditor
}

/// A kind of thing that can be done, by people and with the admin token.
public enum Permission: String, CaseIterable, Sendable {
    // In an organization.
    case readModels = "read_models"
    case usePlayground = "use_playground"
    case readKeys = "read_keys"
    case manageKeys = "manage_keys"
    case readRequests = "read_requests"
    case readUsage = "read_usage"
    case readCustody = "read_custody"
    case readPIIAudit = "read_pii_audit"
    case exportLedger = "export_ledger"
    case readMembers = "read_members"
    case manageMembers = "manage_members"
    /// To make owners, and to change or remove them.
    case manageOwners = "manage_owners"
    case manageOrganization = "manage_organization"
    case readAdminAudit = "read_admin_audit"
    /// Credentials for providers that are the organization's own.
    case manageOwnCredentials = "manage_own_credentials"

    // In the whole installation.
    case manageOrganizations = "manage_organizations"
    case manageCredentials = "manage_credentials"
    case manageRoutes = "manage_routes"
    /// Endpoints, drift, address lists and prices.
    case readInstallation = "read_installation"

    /// Held in the operator's organization alone.
    public var isInstallationWide: Bool { Self.installationWide.contains(self) }

    static let installationWide: Set<Permission> = [
        .manageOrganizations, .manageCredentials, .manageRoutes, .readInstallation,
    ]
}

extension Role {
    /// The one table of who may do what. What concerns the whole installation counts in the operator's organization
    /// only: see ``Actor``.
    public var permissions: Set<Permission> {
        switch self {
        case .owner: Set(Permission.allCases)
        case .admin: Set(Permission.allCases).subtracting([.manageOwners])
        case .developer:
            [.readModels, .usePlayground, .readKeys, .manageKeys, .readRequests, .readUsage]
        case .auditor:
            [.readModels, .readRequests, .readUsage, .readCustody, .readPIIAudit, .exportLedger, .readAdminAudit]
        }
    }
}
