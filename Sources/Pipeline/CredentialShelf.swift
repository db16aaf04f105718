public import Domain
public import Providers

/// The credentials for one account of a provider: the platform's, and those of organizations that have one of their own.
/// One for each loop, used on it only.
public final class CredentialShelf {
    private let configured: CredentialSlot
    private var platform: CredentialSlot?
    private var customers: [OrganizationID: CredentialSlot] = [:]

    /// - Parameter configured: the platform's, as long as none is stored.
    public init(_ configured: CredentialSlot) { self.configured = configured }

    /// One of an organization's own that can't be used at the moment is its credential still: its requests never go out
    /// with the platform's instead.
    func slot(for organization: OrganizationID, _ rule: CustomerCredentialRule) -> CredentialSlot? {
        if rule != .refused, !customers.isEmpty, let own = customers[organization] { return own }
        return rule == .required ? nil : platform ?? configured
    }

    fileprivate func removeStored() {
        platform = nil
        customers = [:]
    }

    fileprivate func put(_ slot: CredentialSlot, for organization: OrganizationID?) {
        if let organization {
            customers[organization] = slot
        } else {
            platform = slot
        }
    }
}

/// Where a loop finds the credential in force, which whoever renews it puts there. One for each loop, used on it only.
public final class CredentialSlot {
    private var credential: Credential?
    /// Nil where it doesn't expire.
    private var expiresAt: Timestamp?

    /// What records say of it.
    let label: CredentialLabel?
    /// When a request was last sent with it, since it was asked for.
    private var lastUse: Timestamp?

    /// - Parameter credential: one that lasts; nil until the first one was obtained.
    public init(_ credential: Credential?, label: CredentialLabel? = nil) {
        self.credential = credential
        self.label = label
    }

    func noteUse(at now: Timestamp) { lastUse = now }

    fileprivate func takeLastUse() -> Timestamp? { lastUse.take() }

    public func put(_ issued: IssuedCredential) {
        credential = issued.credential
        expiresAt = issued.expiresAt
    }

    /// What was obtained for the same account before is in force here too.
    public func keep(_ old: CredentialSlot) {
        credential = old.credential
        expiresAt = old.expiresAt
    }

    /// The one in force: none before the first, and none that has run out.
    public func credential(at now: Timestamp) -> Credential? {
        if let expiresAt, expiresAt <= now { return nil }
        return credential
    }
}

/// A stored credential that is in force, for the event loops.
public struct StoredCredentialEntry: Sendable {
    let id: ProviderCredential.ID
    /// Another one when the secret is exchanged, so that what was fetched with the old one goes nowhere.
    public let version: String
    let organization: OrganizationID?
    let shelves: [String]
    let fixed: Credential?
    let fingerprint: CredentialFingerprint

    /// - Parameters:
    ///   - shelves: the names of those that it belongs on.
    ///   - fixed: nil where it has to be fetched, or can't be used.
    public init(_ credential: ProviderCredential, shelves: [String], fixed: Credential?) {
        id = credential.id
        version = "\(credential.id)/\(credential.fingerprint)/\(credential.replacedAt?.microseconds ?? 0)"
        organization = credential.organization
        fingerprint = credential.fingerprint
        self.shelves = shelves
        self.fixed = fixed
    }
}

/// The shelves of one event loop, and what is stored on them.
public final class CredentialShelves {
    private var shelves: [String: CredentialShelf]
    private var entries: [StoredCredentialEntry] = []
    private var slots: [String: (id: ProviderCredential.ID, slot: CredentialSlot)] = [:]

    public init(_ shelves: [String: CredentialShelf] = [:]) { self.shelves = shelves }

    public subscript(name: String) -> CredentialShelf? { shelves[name] }

    /// Puts on the shelves what is stored now. What was fetched for one that hasn't changed stays.
    public func replace(_ entries: [StoredCredentialEntry]) {
        let before = slots
        self.entries = entries
        slots = [:]
        for shelf in shelves.values { shelf.removeStored() }
        for entry in entries {
            let source: CredentialSource = entry.organization == nil ? .platform : .customer
            let slot =
                before[entry.version]?.slot
                ?? CredentialSlot(entry.fixed, label: CredentialLabel(source, fingerprint: entry.fingerprint))
            slots[entry.version] = (entry.id, slot)
            for name in entry.shelves { shelves[name]?.put(slot, for: entry.organization) }
        }
    }

    /// Puts what is stored on other shelves. Requests that are under way keep those that they have.
    public func replace(shelves new: [String: CredentialShelf]) {
        shelves = new
        replace(entries)
    }

    /// - Parameter version: of a stored credential. One that isn't in force any more goes nowhere.
    public func put(_ issued: IssuedCredential, version: String) { slots[version]?.slot.put(issued) }

    /// When each was last used, of those that were since the last call.
    public func takeLastUses() -> [ProviderCredential.ID: Timestamp] {
        var uses: [ProviderCredential.ID: Timestamp] = [:]
        for (id, slot) in slots.values { uses[id] = slot.takeLastUse() }
        return uses
    }
}
