import Domain
import Synchronization

/// What organizations have left of what they have paid in advance, one object for each, whichever key it is reached by.
final class CreditAccounts: Sendable {
    struct Known {
        fileprivate var accounts: [OrganizationID: Credits] = [:]

        /// The objects of some organizations, each with the funds that the store knows now.
        mutating func refresh(
            _ organizations: Set<String>, isShared: Bool, from database: Database
        ) throws -> [OrganizationID: Credits] {
            var found: [OrganizationID: Credits] = [:]
            for organization in organizations.map(OrganizationID.init(rawValue:)) {
                let credits =
                    try accounts[organization]
                    ?? Credits(charged: try database.charged(organization), isShared: isShared)
                credits.set(try database.funds(of: organization))
                accounts[organization] = credits
                found[organization] = credits
            }
            return found
        }
    }

    private let known = Mutex(Known())

    var all: [OrganizationID: Credits] { known.withLock { $0.accounts } }

    func reserved(by organization: OrganizationID) -> Money {
        known.withLock { $0.accounts[organization]?.reserved ?? .zero }
    }

    /// Refreshes some. Whatever is read of the store is read within the work: what was read first mustn't arrive last.
    func withLock<Value>(_ work: (inout Known) throws -> sending Value) rethrows -> sending Value {
        try known.withLock { known throws in try work(&known) }
    }
}

extension Database {
    /// What an organization was charged, in all or before a day.
    fileprivate func charged(_ organization: OrganizationID, before day: Int64 = .max) throws -> Money {
        let statement = try cachedStatement(
            sql: """
                SELECT sum(charge_dollars) AS dollars, sum(charge_picodollars) AS picodollars FROM usage_days
                WHERE organization = ? AND day < ?
                """)
        let row = try Row.fetchOne(statement, arguments: [organization.rawValue, day])
        return Money(dollars: row?["dollars"] ?? 0, picodollars: row?["picodollars"] ?? 0)
    }

    /// The day of an organization's first entry; nil where it has none.
    func firstCreditDay(of organization: OrganizationID) throws -> Int64? {
        let statement = try cachedStatement(sql: "SELECT min(at) FROM credit_entries WHERE organization = ?")
        return try Int64.fetchOne(statement, arguments: [organization.rawValue])
            .map { Timestamp(microseconds: $0).date.daysSince1970 }
    }

    func funds(of organization: OrganizationID) throws -> Credits.Funds? {
        guard let day = try firstCreditDay(of: organization) else { return nil }
        return Credits.Funds(
            entries: try creditSum(of: organization), chargedBefore: try charged(organization, before: day))
    }

    private func creditSum(of organization: OrganizationID) throws -> Money {
        let statement = try cachedStatement(
            sql: """
                SELECT sum(CASE WHEN credit = ?2 THEN dollars ELSE -dollars END) AS dollars,
                    sum(CASE WHEN credit = ?2 THEN picodollars ELSE -picodollars END) AS picodollars
                FROM credit_entries WHERE organization = ?1
                """)
        let row = try Row.fetchOne(
            statement, arguments: [organization.rawValue, CreditAccount.credits(of: organization)])
        return Money(dollars: row?["dollars"] ?? 0, picodollars: row?["picodollars"] ?? 0)
    }

    /// What is left of an organization's credits, by what the store has; nil where it has no entry.
    func creditBalance(of organization: OrganizationID) throws -> Money? {
        guard let funds = try funds(of: organization) else { return nil }
        return funds.entries - (try charged(organization) - funds.chargedBefore)
    }
}
