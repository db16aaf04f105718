public import Domain

/// Port: makes, lists and ends API keys. What it throws is logged, and the caller is told of an internal error.
public protocol KeyAdministration: Sendable {
    /// Every key, also those that are revoked or expired, oldest first.
    func keys() async throws -> [APIKey]

    /// Makes a key. Its secret is in the result and nowhere else.
    func createKey(_ draft: KeyDraft) async throws -> (key: APIKey, secret: APIKeySecret)

    /// Ends a key for good; nil when no key has this id. A key that was revoked before stays as it is.
    func revokeKey(_ id: APIKey.ID) async throws -> APIKey?
}

/// What a key is to be.
public struct KeyDraft: Hashable, Sendable {
    public var name: String
    public var policy: KeyPolicy
    public var environment: Environment
    public var expiresAt: Timestamp?

    /// What the key is for; it stands in the secret, where a reader sees it.
    public enum Environment: String, CaseIterable, Sendable {
        case live, test
    }

    public init(name: String, policy: KeyPolicy, environment: Environment = .live, expiresAt: Timestamp? = nil) {
        self.name = name
        self.policy = policy
        self.environment = environment
        self.expiresAt = expiresAt
    }
}
