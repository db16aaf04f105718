/// How long an organization's custody records are kept.
public struct RecordRetention: Hashable, Sendable {
    public let organization: OrganizationID
    /// Since a record was opened; nil: for ever.
    public let days: Int?
    /// Nothing is deleted, however old.
    public let isOnLegalHold: Bool

    public init(organization: OrganizationID, days: Int?, isOnLegalHold: Bool = false) {
        self.organization = organization
        self.days = days
        self.isOnLegalHold = isOnLegalHold
    }
}
