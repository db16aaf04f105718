/// A credential for a provider that is kept in the store: all about it but the secret.
public struct ProviderCredential: Hashable, Sendable {
    /// `cred_` and letters.
    public typealias ID = String

    public let id: ID
    /// Whose account it opens; nil: the platform's.
    public let organization: OrganizationID?
    /// Under whose name the provider is configured.
    public let provider: ProviderID
    public let name: String
    public let kind: Kind
    public let fingerprint: CredentialFingerprint
    public let createdAt: Timestamp
    /// When the secret was exchanged for another one.
    public let replacedAt: Timestamp?
    public let revokedAt: Timestamp?
    /// When a request was last sent with it. It may be half a minute behind.
    public let lastUsedAt: Timestamp?

    /// What the secret consists of.
    public enum Kind: String, CaseIterable, Sendable {
        case apiKey = "api_key"
        case bearer
        case awsKeys = "aws_keys"
        case googleServiceAccount = "google_service_account"
        case entraClient = "entra_client"
    }

    public init(
        id: ID, organization: OrganizationID?, provider: ProviderID, name: String, kind: Kind,
        fingerprint: CredentialFingerprint, createdAt: Timestamp, replacedAt: Timestamp? = nil,
        revokedAt: Timestamp? = nil, lastUsedAt: Timestamp? = nil
    ) {
        self.id = id
        self.organization = organization
        self.provider = provider
        self.name = name
        self.kind = kind
        self.fingerprint = fingerprint
        self.createdAt = createdAt
        self.replacedAt = replacedAt
        self.revokedAt = revokedAt
        self.lastUsedAt = lastUsedAt
    }
}

extension ProviderCredential.Kind {
    /// The members that a secret of this kind has, and those that it may have.
    public var members: (required: [String], optional: [String]) {
        switch self {
        case .apiKey: (["api_key"], [])
        case .bearer: (["token"], [])
        case .awsKeys: (["access_key_id", "secret_access_key"], ["session_token", "role_arn", "external_id"])
        case .googleServiceAccount: (["json"], [])
        case .entraClient: (["tenant_id", "client_id", "client_secret"], [])
        }
    }
}

/// Tells credentials apart, and tells nothing of them: 16 hex digits of a keyed hash.
public struct CredentialFingerprint: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    /// Nil for anything but 16 hex digits in small letters.
    public init?(_ text: String) {
        let isHex = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
            default: false
            }
        }
        guard text.utf8.count == 16, isHex else { return nil }
        self.text = text
    }

    public var description: String { text }
}
