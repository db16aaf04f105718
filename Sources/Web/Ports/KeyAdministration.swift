public import Domain

/// Port: makes, lists and ends API keys. What it throws is logged, and the caller is told of an internal error.
public protocol KeyAdministration: Sendable {
    /// Every key, also those that are revoked or expired, oldest first.
    func keys() async throws -> [APIKey]

    /// Makes a key. Its secret is in the result and nowhere else.
    func createKey(_ draft: KeyDraft) async throws -> (key: APIKey, secret: APIKeySecret)

    /// Changes what a key is called, may do, and when it ends; nil when no key has this id.
    ///
    /// - Parameter change: makes of the key what it is to be. What it throws is thrown on.
    func updateKey(_ id: APIKey.ID, _ change: @Sendable (APIKey) throws -> KeyChange) async throws -> APIKey?

    /// Gives a key another secret, which is in the result and nowhere else; nil when no key has this id, or it was ended.
    ///
    /// - Parameter overlap: for how long the secret that it had stays as good.
    func rotateKey(_ id: APIKey.ID, overlap: Duration) async throws -> (key: APIKey, secret: APIKeySecret)?

    /// When each key was used last; those that never were aren't there.
    func lastUses() async throws -> [APIKey.ID: Timestamp]

    /// Ends a key for good; nil when no key has this id. A key that was revoked before stays as it is.
    func revokeKey(_ id: APIKey.ID) async throws -> APIKey?
}

/// What a key is to be.
public struct KeyDraft: Hashable, Sendable {
    public var name: String
    public var policy: KeyPolicy
    public var environment: Environment
    public var expiresAt: Timestamp?
    /// Whose key it is; nil: the operator's.
    public var organization: OrganizationID?

    /// What the key is for; it stands in the secret, where a reader sees it.
    public enum Environment: String, CaseIterable, Sendable {
        case live, test
    }

    public init(
        name: String, policy: KeyPolicy, environment: Environment = .live, expiresAt: Timestamp? = nil,
        organization: OrganizationID? = nil
    ) {
        self.name = name
        self.policy = policy
        self.environment = environment
        self.expiresAt = expiresAt
        self.organization = organization
    }
}

/// What a key is to be from now on.
public struct KeyChange: Hashable, Sendable {
    public var name: String
    public var policy: KeyPolicy
    public var expiresAt: Timestamp?

    public init(name: String, policy: KeyPolicy, expiresAt: Timestamp?) {
        self.name = name
        self.policy = policy
        self.expiresAt = expiresAt
    }
}
