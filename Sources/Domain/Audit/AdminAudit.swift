/// What can be done that the admin audit tells of. A stable name each.
public enum AdminAction: String, CaseIterable, Sendable {
    case keyCreated = "key_created"
    case keyChanged = "key_changed"
    case keyRotated = "key_rotated"
    case keyRevoked = "key_revoked"
    case organizationCreated = "organization_created"
    case claimLinkMade = "claim_link_made"
    /// The first owner came by the link.
    case ownerClaimed = "owner_claimed"
    case memberInvited = "member_invited"
    case invitationWithdrawn = "invitation_withdrawn"
    case memberJoined = "member_joined"
    case memberRoleChanged = "member_role_changed"
    case memberRemoved = "member_removed"
    case userChanged = "user_changed"
    case passwordChanged = "password_changed"
    case retentionChanged = "retention_changed"
    case logKeyRotated = "log_key_rotated"
    case creditEntered = "credit_entered"
    case exchangeRateSet = "exchange_rate_set"
    case credentialAdded = "credential_added"
    case credentialRotated = "credential_rotated"
    case credentialRevoked = "credential_revoked"
    /// All of them, under another master key.
    case credentialsResealed = "credentials_resealed"
    /// Files were read again, and what is in force has changed.
    case configurationChanged = "configuration_changed"
}

/// Something that was done, as the store and the transparency log have it.
public struct AdminAuditEntry: Sendable {
    /// `adm_` and random letters.
    public typealias ID = String

    public let id: ID
    /// Canonical JSON text: `action`, `actor`, `address`, `after`, `before`, `id`, `number`, `object`, `organization`,
    /// `previous`, `time`. Secrets are digests under a secret of the installation's.
    public let json: [UInt8]
    public let place: LogPlace
    /// Whether the log has exactly this text there.
    public let isAsLogged: Bool

    public init(id: ID, json: [UInt8], place: LogPlace, isAsLogged: Bool) {
        self.id = id
        self.json = json
        self.place = place
        self.isAsLogged = isAsLogged
    }
}

/// Whose entries somebody may see.
public enum AuditReach: Hashable, Sendable {
    case everything
    /// One organization's.
    case organization(OrganizationID)
    /// The operator's organization, and what is of the whole installation.
    case installation

    /// What an actor who may read the audit sees of it.
    public init(of actor: Actor) {
        switch actor.organization {
        case nil: self = .everything
        case .default?: self = .installation
        case let organization?: self = .organization(organization)
        }
    }
}

/// Which entries of the admin audit are wanted.
public struct AdminAuditQuery: Sendable {
    public var reach: AuditReach
    /// Of one organization, of those that are within reach; nil: of all.
    public var organization: OrganizationID?
    public var since: Timestamp?
    /// That time not included.
    public var until: Timestamp?
    /// A user's id or e-mail address, `token` or `command_line`.
    public var actor: String?
    public var action: AdminAction?
    /// The id of what was changed.
    public var object: String?
    /// Only what was done before this entry.
    public var before: AdminAuditEntry.ID?
    public var limit: Int

    public init(_ reach: AuditReach, limit: Int = 100) {
        self.reach = reach
        self.limit = limit
    }
}

/// What a look at the whole admin audit has found.
public struct AdminAuditCheck: Hashable, Sendable {
    public enum Fault: Hashable, Sendable {
        /// The log has another text in this entry's place.
        case changed(number: Int)
        /// The entries with these numbers aren't there any more.
        case missing(ClosedRange<Int>)
        /// The entry isn't the one that comes after the one before it.
        case outOfOrder(number: Int)
        /// Entries of the log that neither a custody record nor an entry of the audit is of.
        case unclaimed(Int)
    }

    public let count: Int
    public let faults: [Fault]

    public init(count: Int, faults: [Fault]) {
        self.count = count
        self.faults = faults
    }
}
