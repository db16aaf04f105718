import Wire

/// A role that is assumed: whose keys are asked for, and under what name that stands in AWS's logs.
public struct AWSRole: Hashable, Sendable {
    public let arn: String
    public let sessionName: String
    /// What the role's owner wants to hear from whoever assumes it.
    public let externalID: String?
    /// Seconds; nil: an hour, as AWS has it.
    public let duration: Int?

    public init(
        arn: String, sessionName: String? = nil, externalID: String? = nil, duration: Int? = nil
    ) throws(CredentialError) {
        let issuer = "AWS role"
        guard arn.hasPrefix("arn:"), 20...2_048 ~= arn.utf8.count, arn.isVisibleASCII else {
            throw .setting(
                "'role_arn'", issuer: issuer, "must be an ARN such as 'arn:aws:iam::111122223333:role/gateway'.")
        }
        let sessionName = sessionName ?? "northern"
        guard 2...64 ~= sessionName.utf8.count, Self.isName(sessionName) else {
            throw .setting(
                "'role_session_name'", issuer: issuer, "must be 2 to 64 letters, digits and characters of '+=,.@_-'.")
        }
        guard duration == nil || 900...43_200 ~= duration ?? 0 else {
            throw .setting("'duration_seconds'", issuer: issuer, "must lie between 900 and 43200.")
        }
        self.arn = arn
        self.sessionName = sessionName
        self.externalID = externalID
        self.duration = duration
    }

    /// Whether a text has only characters that AWS's names have, so that it can stand in a path.
    static func isName(_ text: String) -> Bool {
        1...64 ~= text.utf8.count
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "+=,.@_-".utf8.contains(byte)
                }
            }
    }
}
