public import Domain

/// What was recorded last may not have arrived here: use ``Ledger`` while serving.
extension Store: CreditLedger {
    public func creditStanding(of organization: OrganizationID) throws -> CreditStanding {
        CreditStanding(
            balance: try read { try $0.creditBalance(of: organization) },
            reserved: creditAccounts.reserved(by: organization))
    }

    public func creditEntries(
        of organization: OrganizationID, before cursor: CreditCursor?, atMost limit: Int
    ) throws -> CreditPage {
        try read { database in
            guard let first = try database.firstCreditDay(of: organization) else {
                return CreditPage(entries: [], next: nil)
            }
            let rows = try Row.fetchAll(
                database, sql: CreditRow.page,
                arguments: [
                    organization.rawValue, first, CreditAccount.credits(of: organization), CreditAccount.usage,
                    cursor?.at.microseconds, cursor?.number, limit,
                ])
            let last = rows.last.map { CreditCursor(at: Timestamp(microseconds: $0["at"]), number: $0["id"]) }
            return CreditPage(
                entries: try rows.map { try CreditRow.entry($0) }, next: rows.count < limit ? nil : last)
        }
    }

    /// - Throws: ``Domain/CreditError`` or ``StoreError``.
    public func addCredit(
        _ draft: CreditDraft, to organization: OrganizationID, by maker: String, at now: Timestamp
    ) throws -> (entry: CreditEntry, isNew: Bool) {
        if let entry = try read({ try CreditRow.entry(like: draft, of: organization, in: $0) }) {
            return (entry, false)
        }
        let account = try refreshedCredits(of: organization)
        // What is to be taken is held as a request holds it, so that none spends it meanwhile.
        let held = draft.change < .zero ? draft.amount : .zero
        if held > .zero {
            guard account.isPrepaid, account.reserve(held) else {
                let left = (account.balance ?? .zero) - account.reserved
                throw CreditError.insufficient(left: max(.zero, left))
            }
        }
        defer { account.settle(.zero, reserved: held) }
        let added: (entry: CreditEntry, isNew: Bool) = try change { database, audit in
            _ = try database.nextRevision(of: .limits)
            if let entry = try CreditRow.entry(like: draft, of: organization, in: database) { return (entry, false) }
            let left =
                try database.creditBalance(of: organization).map {
                    $0 - (try heldElsewhere(of: organization, in: database))
                } ?? .zero
            guard held <= left else { throw CreditError.insufficient(left: max(.zero, left)) }
            let entry = try CreditRow.insert(draft, of: organization, by: maker, at: now, into: database)
            try audit.record(
                .creditEntered, of: entry.id, in: organization,
                to: [
                    "kind": .text(entry.kind.rawValue), "amount_usd": .text(entry.amount.description),
                    "debit": .text(entry.debit), "credit": .text(entry.credit), "reference": .text(draft.reference),
                ])
            return (entry, true)
        }
        if held > .zero, added.isNew { account.give(up: held) }
        _ = try refreshedCredits(of: organization)
        return added
    }

    /// What other nodes may still spend, or have spent without the store knowing it.
    private func heldElsewhere(of organization: OrganizationID, in database: Database) throws -> Money {
        let node = sharing?.node.id ?? ""
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT sum(held_high - settled_high) AS high, sum(held_low - settled_low) AS low FROM limit_shares
                WHERE subject = ? AND kind = 'credits' AND node <> ?
                """,
            arguments: [organization.rawValue, node])
        return Money(dollars: row?["high"] ?? 0, picodollars: row?["low"] ?? 0)
    }

    private func refreshedCredits(of organization: OrganizationID) throws -> Credits {
        let isShared = sharing != nil
        let found = try creditAccounts.withLock { accounts in
            try read { try accounts.refresh([organization.rawValue], isShared: isShared, from: $0)[organization] }
        }
        return found ?? Credits(charged: .zero)
    }
}

extension CreditDraft {
    fileprivate func isOf(_ entry: CreditEntry) -> Bool {
        kind == entry.kind && amount == entry.amount && accounts(of: entry.organization).debit == entry.debit
    }
}

/// An entry as a row of the table `credit_entries`, or of the sums of a day.
private enum CreditRow {
    /// A day's usage is entered at its end: what is entered within the same day comes before it.
    static let page = """
        SELECT * FROM (
            SELECT id, organization, at, debit, credit, dollars, picodollars, kind, reference, note, made_by, 0 AS day
            FROM credit_entries WHERE organization = ?1
            UNION ALL
            SELECT 0, organization, (day + 1) * 86400000000 - 1, ?3, ?4, sum(charge_dollars), sum(charge_picodollars),
                'usage', '', NULL, 'gateway', day
            FROM usage_days WHERE organization = ?1 AND day >= ?2
            GROUP BY organization, day HAVING sum(charge_dollars) + sum(charge_picodollars) > 0
        ) AS entries
        WHERE (at, id) < (?5, ?6) OR ?5 IS NULL ORDER BY at DESC, id DESC LIMIT ?7
        """

    /// The entry that was made before with a draft's reference.
    ///
    /// - Throws: ``CreditError`` where it is another.
    static func entry(
        like draft: CreditDraft, of organization: OrganizationID, in database: Database
    ) throws -> CreditEntry? {
        let row = try Row.fetchOne(
            database, sql: "SELECT * FROM credit_entries WHERE organization = ? AND reference = ?",
            arguments: [organization.rawValue, draft.reference])
        guard let entry = try row.map({ try entry($0) }) else { return nil }
        guard draft.isOf(entry) else { throw CreditError.referenceUsed(entry) }
        return entry
    }

    static func insert(
        _ draft: CreditDraft, of organization: OrganizationID, by maker: String, at now: Timestamp,
        into database: Database
    ) throws -> CreditEntry {
        let (debit, credit) = draft.accounts(of: organization)
        let amount = draft.amount.parts
        let row = try Row.fetchOne(
            database,
            sql: """
                INSERT INTO credit_entries (id, organization, at, debit, credit, dollars, picodollars, kind, reference, note,
                    made_by)
                VALUES ((SELECT coalesce(max(id), 0) + 1 FROM credit_entries), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *
                """,
            arguments: [
                organization.rawValue, now.microseconds, debit, credit, amount.dollars, amount.picodollars,
                draft.kind.rawValue, draft.reference, draft.note, maker,
            ])
        guard let row else { throw StoreError.unreadable(table: "credit_entries", id: "last") }
        return try entry(row)
    }

    static func entry(_ row: Row) throws -> CreditEntry {
        let number: Int64 = row["id"]
        guard let kind = CreditEntry.Kind(rawValue: row["kind"]) else {
            throw StoreError.unreadable(table: "credit_entries", id: "\(number)")
        }
        let day = kind == .usage ? CalendarDate(daysSince1970: row["day"]) : nil
        return CreditEntry(
            id: day.map { "usage_\($0)" } ?? "credit_\(number)",
            organization: OrganizationID(rawValue: row["organization"]), at: Timestamp(microseconds: row["at"]),
            debit: row["debit"], credit: row["credit"],
            amount: Money(dollars: row["dollars"], picodollars: row["picodollars"]), kind: kind,
            reference: day.map { "usage_\($0)" } ?? row["reference"], note: row["note"], madeBy: row["made_by"])
    }
}

extension Ledger: CreditLedger {
    public func creditStanding(of organization: OrganizationID) throws -> CreditStanding {
        try drainNow()
        return try store.creditStanding(of: organization)
    }

    public func creditEntries(
        of organization: OrganizationID, before cursor: CreditCursor?, atMost limit: Int
    ) throws -> CreditPage {
        try drainNow()
        return try store.creditEntries(of: organization, before: cursor, atMost: limit)
    }

    public func addCredit(
        _ draft: CreditDraft, to organization: OrganizationID, by maker: String, at now: Timestamp
    ) throws -> (entry: CreditEntry, isNew: Bool) {
        try drainNow()
        return try store.addCredit(draft, to: organization, by: maker, at: now)
    }
}
