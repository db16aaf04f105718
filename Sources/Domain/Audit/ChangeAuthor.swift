/// Who makes changes, and from where: what the admin audit says of each.
///
/// It is set at the doors, the portal's and the admin API's, for everything that is done behind them. So no page or address
/// can forget it, or name somebody else. What is done without a door is done on a command line.
public struct ChangeAuthor: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case member(User.ID, EmailAddress, OrganizationID?)
        /// Somebody who isn't signed in, such as who accepts an invitation. What they become is who did it.
        case visitor
        /// The holder of the admin token.
        case token
        case commandLine
    }

    public let kind: Kind
    public let address: IPAddress?

    public init(_ kind: Kind, address: IPAddress? = nil) {
        self.kind = kind
        self.address = address
    }

    @TaskLocal public static var current = ChangeAuthor(.commandLine)

    /// The organization at hand; nil: none is.
    public var organization: OrganizationID? {
        if case .member(_, _, let organization) = kind { organization } else { nil }
    }

    /// Somebody who wasn't known before is known now, and anybody else stays who they are.
    public func becoming(_ user: User, in organization: OrganizationID) -> ChangeAuthor {
        guard kind == .visitor else { return self }
        return ChangeAuthor(.member(user.id, user.email, organization), address: address)
    }

    /// As an entry has it.
    public var audited: AuditValue {
        switch kind {
        case .member(let id, let email, _): ["kind": "member", "id": .text(id), "email": .text(email.text)]
        case .visitor: ["kind": "visitor"]
        case .token: ["kind": "token"]
        case .commandLine: ["kind": "command_line"]
        }
    }
}
