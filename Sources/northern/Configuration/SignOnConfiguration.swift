import Domain
import Foundation

/// The identity provider that people sign in with.
struct SignOnConfiguration: Sendable {
    /// Without a slash at its end only if it is written so: issuers are compared letter by letter.
    let issuer: String
    let name: String
    let clientID: String
    /// Nil for a public client.
    let clientSecret: String?
    let scopes: String
    let groupsClaim: String
    let trustsEmail: Bool
    let roles: GroupRoles

    /// Nil where no issuer is set.
    ///
    /// - Throws: ``ConfigurationError``.
    init?(_ reader: SettingReader) throws {
        guard let issuer = reader.text(Settings.issuer) else { return nil }
        guard SecureURL.isTrusted(issuer) else {
            throw ConfigurationError(
                "'\(Settings.issuer.key)' must be an https URL, such as https://login.example.org/realms/main.")
        }
        guard let clientID = reader.text(Settings.clientID) else {
            throw ConfigurationError(
                "'\(Settings.clientID.key)' is missing: register this gateway at the identity provider, with the redirect "
                    + "URI https://GATEWAY/portal/sign-on/callback.")
        }
        self.issuer = issuer
        self.clientID = clientID
        name = reader.text(Settings.signOnName) ?? ""
        clientSecret = reader.text(Settings.clientSecret)
        scopes = reader.text(Settings.scopes) ?? ""
        guard scopes.split(separator: " ").contains("openid") else {
            throw ConfigurationError("'\(Settings.scopes.key)' must have 'openid' among its words.")
        }
        groupsClaim = reader.text(Settings.groupsClaim) ?? ""
        trustsEmail = try reader.flag(Settings.trustsEmail)
        roles = GroupRoles(
            organization: OrganizationID(rawValue: reader.text(Settings.signOnOrganization) ?? ""),
            roles: try Self.roles(reader))
    }

    private static func roles(_ reader: SettingReader) throws -> [String: Role] {
        var roles: [String: Role] = [:]
        for text in reader.texts(Settings.groupRoles) {
            // A group's name may have an equals sign, as those of directories do.
            guard let end = text.lastIndex(of: "="), let role = Role(rawValue: String(text[text.index(after: end)...])),
                roles.updateValue(role, forKey: String(text[..<end])) == nil
            else {
                throw ConfigurationError(
                    "'\(Settings.groupRoles.key)' has '\(text)'. Write each group once, as GROUP=ROLE, with one of the "
                        + "roles \(Role.words).")
            }
        }
        return roles
    }
}

/// URLs that secrets may be sent to.
enum SecureURL {
    /// https, or this machine itself.
    static func isTrusted(_ text: String) -> Bool {
        guard let url = URL(string: text), let host = url.host(), url.user == nil, url.fragment == nil else {
            return false
        }
        return url.scheme == "https" || (url.scheme == "http" && ["127.0.0.1", "::1", "localhost"].contains(host))
    }
}
