public import Domain
public import Wire

/// A credential, and for how long it is good.
public struct IssuedCredential: Sendable {
    public let credential: Credential
    public let issuedAt: Timestamp
    /// Nil where it doesn't expire.
    public let expiresAt: Timestamp?

    public init(_ credential: Credential, issuedAt: Timestamp, expiresAt: Timestamp?) {
        self.credential = credential
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }

    /// From when on the next one should be asked for: five minutes before this one expires, or a tenth of its life where
    /// that is shorter, but not within the last quarter of a minute. At least half of its life is used, so that an issuer
    /// that hands out what is about to expire isn't asked over and over.
    public var renewsAt: Timestamp? {
        guard let expiresAt else { return nil }
        let lifetime = max(0, expiresAt.seconds - issuedAt.seconds)
        let ahead = max(min(Self.longestAhead, lifetime / 10), Self.shortestAhead)
        return issuedAt.adding(seconds: max(lifetime - ahead, lifetime / 2))
    }

    /// Seconds.
    private static let longestAhead: Int64 = 300
    private static let shortestAhead: Int64 = 15

    public func isDue(at now: Timestamp) -> Bool { renewsAt.map { $0 <= now } ?? false }

    /// Whether it is still good. While a renewal fails, go on with what is.
    public func isGood(at now: Timestamp) -> Bool { expiresAt.map { now < $0 } ?? true }
}

extension IssuedCredential: Unprintable {}
