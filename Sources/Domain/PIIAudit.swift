/// What of the audit log of personal information is asked for.
public struct PIIAuditQuery: Sendable {
    /// Of one organization's requests; nil: of all.
    public var organization: OrganizationID?
    /// Of one request; nil: of all.
    public var request: RequestID?
    public var key: APIKey.ID?
    public var type: EntityType?
    /// Of requests that were opened then or later.
    public var since: Timestamp?
    /// Of requests that were opened before.
    public var until: Timestamp?
    /// Only of requests that came before this one; nil: of all.
    public var before: RequestID?
    /// Of how many requests at most.
    public var limit: Int

    public init(
        organization: OrganizationID? = nil, request: RequestID? = nil, key: APIKey.ID? = nil, type: EntityType? = nil,
        since: Timestamp? = nil,
        until: Timestamp? = nil, before: RequestID? = nil, limit: Int = 100
    ) {
        self.organization = organization
        self.request = request
        self.key = key
        self.type = type
        self.since = since
        self.until = until
        self.before = before
        self.limit = limit
    }
}

/// What was replaced in a request. Never what it was.
public struct PIIAuditEntry: Sendable {
    public let request: RequestID
    public let organization: String
    /// JSON text: `key`, and `entries` with `type`, `count`, `digest` and `stand_in` of each value.
    public let json: [UInt8]
    /// When the request was opened.
    public let time: Timestamp

    public init(request: RequestID, organization: String, json: [UInt8], time: Timestamp) {
        self.request = request
        self.organization = organization
        self.json = json
        self.time = time
    }
}
