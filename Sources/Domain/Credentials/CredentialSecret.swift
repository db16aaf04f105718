/// What a provider's credential consists of, by the names that ``ProviderCredential/Kind/members`` lists.
///
/// It never prints itself.
public struct CredentialSecret: Hashable, Sendable {
    public let values: [String: String]

    /// Bytes that a value may have: a service account's file is the longest.
    public static let mostBytes = 16 << 10

    /// - Throws: where a member is missing, isn't one of the kind's, or has what can't stand in a request's head.
    public init(_ values: [String: String], of kind: ProviderCredential.Kind) throws(CredentialSecretError) {
        let (required, optional) = kind.members
        if let unknown = values.keys.sorted().first(where: { !required.contains($0) && !optional.contains($0) }) {
            throw CredentialSecretError(member: unknown, kind: kind, problem: .unknown)
        }
        for name in required where values[name]?.isEmpty ?? true {
            throw CredentialSecretError(member: name, kind: kind, problem: .missing)
        }
        for (name, value) in values {
            let isFile = kind == .googleServiceAccount
            guard 1...Self.mostBytes ~= value.utf8.count, isFile || value.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
                throw CredentialSecretError(member: name, kind: kind, problem: .form)
            }
        }
        self.values = values
    }

    public subscript(name: String) -> String? { values[name] }
}

extension CredentialSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What is wrong with a secret. It names members, and never what is in them.
public struct CredentialSecretError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A member's name. One that isn't known may be anything, so it isn't told.
    public let member: String
    public let kind: ProviderCredential.Kind
    public let problem: Problem

    public enum Problem: Hashable, Sendable { case missing, unknown, form }

    public var description: String {
        let (required, optional) = kind.members
        return switch problem {
        case .missing: "A credential of the kind '\(kind.rawValue)' needs '\(member)'."
        case .unknown:
            "A credential of the kind '\(kind.rawValue)' has "
                + "\((required + optional).map { "'\($0)'" }.joined(separator: ", ")), and nothing else."
        case .form:
            kind == .googleServiceAccount
                ? "'\(member)' must have 1 to \(CredentialSecret.mostBytes) bytes."
                : "'\(member)' must have 1 to \(CredentialSecret.mostBytes) visible ASCII characters, without spaces."
        }
    }
}
