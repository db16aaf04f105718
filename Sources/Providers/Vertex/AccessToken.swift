public import Domain
import Wire

/// A token of Google's, as ``Credential/bearer(_:)`` takes it. Never printed.
public struct AccessToken: Hashable, Sendable {
    public let value: String
    public let expiresAt: Timestamp

    public init(value: String, expiresAt: Timestamp) {
        self.value = value
        self.expiresAt = expiresAt
    }

    /// Reads what a token endpoint answers (RFC 6749, sections 5.1 and 5.2).
    ///
    /// - Parameter now: when the request was sent, so that the token never seems to live longer than it does.
    public init(
        reply body: UnsafeRawBufferPointer, status: Int, at now: Timestamp
    ) throws(GoogleCredentialError) {
        let reply = try? JSON(body)
        guard status == 200 else {
            throw .refused(
                status: status, code: reply?["error"]?.string, description: reply?["error_description"]?.string)
        }
        guard let token = reply?["access_token"]?.string, !token.isEmpty, let seconds = reply?["expires_in"]?.int,
            1...86_400 ~= seconds
        else { throw .malformedReply }
        self.init(value: token, expiresAt: now.adding(seconds: Int64(seconds)))
    }
}

extension AccessToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
