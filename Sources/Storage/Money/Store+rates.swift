public import Domain

extension Store: ExchangeRateBook {
    /// - Throws: ``StoreError``.
    public func exchangeRates(on days: ClosedRange<CalendarDate>) throws -> [ExchangeRate] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM exchange_rates
                    WHERE day <= ?2 AND day >= coalesce((SELECT max(day) FROM exchange_rates WHERE day <= ?1), ?1)
                    ORDER BY day
                    """,
                arguments: [days.lowerBound.daysSince1970, days.upperBound.daysSince1970]
            ).map { try ExchangeRate($0) }
        }
    }

    /// - Throws: ``StoreError``.
    public func exchangeRate(of day: CalendarDate) throws -> ExchangeRate? {
        try read { try Self.exchangeRate(of: day, in: $0) }
    }

    private static func exchangeRate(of day: CalendarDate, in database: Database) throws -> ExchangeRate? {
        try Row.fetchOne(
            database, sql: "SELECT * FROM exchange_rates WHERE day = ?", arguments: [day.daysSince1970]
        ).map { try ExchangeRate($0) }
    }

    /// - Throws: ``StoreError``.
    public func setExchangeRate(_ rate: ExchangeRate) throws {
        try change { database, audit in
            let before = try Self.exchangeRate(of: rate.day, in: database)
            if before != rate {
                try audit.record(
                    .exchangeRateSet, of: rate.day.description, in: nil, from: before?.audited, to: rate.audited)
            }
            try database.execute(
                sql: """
                    INSERT INTO exchange_rates (day, cad_per_usd, source) VALUES (?, ?, ?)
                    ON CONFLICT (day) DO UPDATE SET cad_per_usd = excluded.cad_per_usd, source = excluded.source
                    """,
                arguments: [rate.day.daysSince1970, rate.text, rate.source])
        }
    }
}

extension ExchangeRate {
    fileprivate var audited: AuditValue { ["cad_per_usd": .text(text), "source": .text(source)] }

    fileprivate init(_ row: Row) throws {
        let day = CalendarDate(daysSince1970: row["day"])
        guard let rate = ExchangeRate(day: day, text: row["cad_per_usd"], source: row["source"]) else {
            throw StoreError.unreadable(table: "exchange_rates", id: "\(day)")
        }
        self = rate
    }
}

extension Ledger: ExchangeRateBook {
    public func exchangeRates(on days: ClosedRange<CalendarDate>) throws -> [ExchangeRate] {
        try store.exchangeRates(on: days)
    }

    public func exchangeRate(of day: CalendarDate) throws -> ExchangeRate? { try store.exchangeRate(of: day) }

    public func setExchangeRate(_ rate: ExchangeRate) throws { try store.setExchangeRate(rate) }
}
