/// One movement of money between two accounts, as bookkeepers write it: an amount is debited to one and credited to another.
///
/// What an organization has is what its account was credited, less what was debited to it: it is owed to it.
public struct CreditEntry: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        case topUp = "top_up"
        case adjustment
        case refund
        /// What a day's requests were charged: out of the sums of usage, never made by hand.
        case usage
    }

    /// `credit_` and a number, or `usage_` and a day.
    public let id: String
    public let organization: OrganizationID
    public let at: Timestamp
    public let debit: String
    public let credit: String
    /// More than zero.
    public let amount: Money
    public let kind: Kind
    /// The organization has one entry of each.
    public let reference: String
    public let note: String?
    /// A user's id, or what else made it.
    public let madeBy: String

    public init(
        id: String, organization: OrganizationID, at: Timestamp, debit: String, credit: String, amount: Money,
        kind: Kind, reference: String, note: String?, madeBy: String
    ) {
        self.id = id
        self.organization = organization
        self.at = at
        self.debit = debit
        self.credit = credit
        self.amount = amount
        self.kind = kind
        self.reference = reference
        self.note = note
        self.madeBy = madeBy
    }
}

/// An entry that somebody wants to make.
public struct CreditDraft: Hashable, Sendable {
    public let kind: CreditEntry.Kind
    /// What the organization has more of afterwards; less than zero where it has less.
    public let change: Money
    public let reference: String
    public let note: String?

    public static let longestReference = 200
    public static let longestNote = 1_000

    /// Nil for an amount of zero or less, other than an adjustment, for usage, and for texts that are too long or empty.
    ///
    /// - Parameter amount: of an adjustment, less than zero where the organization is to have less.
    public init?(kind: CreditEntry.Kind, amount: Money, reference: String, note: String? = nil) {
        guard amount != .zero, amount > .zero || kind == .adjustment, kind != .usage,
            1...Self.longestReference ~= reference.utf8.count, (note?.utf8.count ?? 0) <= Self.longestNote
        else { return nil }
        self.kind = kind
        change = kind == .refund ? Money.zero - amount : amount
        self.reference = reference
        self.note = note
    }

    /// More than zero.
    public var amount: Money { change < .zero ? Money.zero - change : change }

    /// The account that is debited, and the one that is credited.
    public func accounts(of organization: OrganizationID) -> (debit: String, credit: String) {
        let other = kind == .adjustment ? CreditAccount.adjustments : CreditAccount.cash
        let own = CreditAccount.credits(of: organization)
        return change < .zero ? (own, other) : (other, own)
    }
}

/// The names of the accounts.
public enum CreditAccount {
    public static let cash = "cash"
    public static let adjustments = "adjustments"
    public static let usage = "revenue:usage"

    public static func credits(of organization: OrganizationID) -> String { "credits:\(organization.rawValue)" }
}

/// How an organization stands.
public struct CreditStanding: Hashable, Sendable {
    /// What is left; nil where it pays afterwards.
    public let balance: Money?
    /// What requests under way may come to.
    public let reserved: Money

    public init(balance: Money?, reserved: Money) {
        self.balance = balance
        self.reserved = reserved
    }
}

/// Where a page of entries ends.
public struct CreditCursor: Hashable, Sendable {
    public let at: Timestamp
    public let number: Int64

    public init(at: Timestamp, number: Int64) {
        self.at = at
        self.number = number
    }

    /// Reads what ``description`` writes.
    public init?(_ text: String) {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 2, let time = Int64(parts[0]), let number = Int64(parts[1]), number >= 0 else {
            return nil
        }
        self.init(at: Timestamp(microseconds: time), number: number)
    }
}

extension CreditCursor: CustomStringConvertible {
    public var description: String { "\(at.microseconds)_\(number)" }
}

/// Some entries that follow one another, the newest first.
public struct CreditPage: Hashable, Sendable {
    public let entries: [CreditEntry]
    /// Nil at the end.
    public let next: CreditCursor?

    public init(entries: [CreditEntry], next: CreditCursor?) {
        self.entries = entries
        self.next = next
    }
}

/// Why an entry isn't made.
public enum CreditError: Error, Hashable, Sendable {
    /// Another entry has its reference.
    case referenceUsed(CreditEntry)
    /// It would take more than is left.
    case insufficient(left: Money)
}

/// Port: what organizations have paid in advance. It waits for the disk.
public protocol CreditLedger: Sendable {
    func creditStanding(of organization: OrganizationID) throws -> CreditStanding

    /// The newest first; each day's usage is one of them, at the end of its day.
    func creditEntries(
        of organization: OrganizationID, before cursor: CreditCursor?, atMost limit: Int
    ) throws -> CreditPage

    /// Makes an entry, or answers with the one that was made before with the same reference, kind and amount.
    ///
    /// - Throws: ``CreditError``.
    func addCredit(
        _ draft: CreditDraft, to organization: OrganizationID, by maker: String, at now: Timestamp
    ) throws -> (entry: CreditEntry, isNew: Bool)
}
