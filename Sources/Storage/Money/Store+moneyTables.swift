extension Store {
    /// What requests are billed by, what organizations have paid, and what a US dollar was worth.
    static let pricesAndCredits = """
        CREATE TABLE price_snapshots (
            id TEXT NOT NULL,              -- what records call it
            route TEXT NOT NULL,
            sha256 TEXT NOT NULL,          -- of the prices in their fixed form, 64 hex digits
            first_in_force INTEGER NOT NULL,  -- microseconds since 1970
            source TEXT NOT NULL,          -- the catalogue file
            prices TEXT NOT NULL,          -- JSON
            PRIMARY KEY (route, id)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE credit_entries (
            id INTEGER PRIMARY KEY NOT NULL,
            organization TEXT NOT NULL,
            at INTEGER NOT NULL,           -- microseconds since 1970
            debit TEXT NOT NULL,           -- the account that the amount is debited to
            credit TEXT NOT NULL,          -- the one that it is credited to: 'credits:…' of what was paid in advance
            dollars INTEGER NOT NULL,
            picodollars INTEGER NOT NULL,  -- what is left of a dollar
            kind TEXT NOT NULL,
            reference TEXT NOT NULL,
            note TEXT,
            made_by TEXT NOT NULL,
            UNIQUE (organization, reference),
            CHECK (debit <> credit AND dollars >= 0 AND picodollars BETWEEN 0 AND 999999999999
                AND dollars + picodollars > 0)
        ) STRICT;
        CREATE INDEX credit_entries_time ON credit_entries (organization, at, id);
        CREATE TABLE exchange_rates (
            day INTEGER PRIMARY KEY NOT NULL,  -- since 1970
            cad_per_usd TEXT NOT NULL,     -- in decimal
            source TEXT NOT NULL
        ) STRICT;
        """

    static let creditsStay = """

        CREATE TRIGGER credit_entries_stay BEFORE UPDATE ON credit_entries
            BEGIN SELECT raise(ABORT, 'an entry of the ledger is never changed'); END;
        CREATE TRIGGER credit_entries_remain BEFORE DELETE ON credit_entries
            BEGIN SELECT raise(ABORT, 'an entry of the ledger is never removed'); END;
        """

    /// Whoever owns a table may take that back, but not by mistake.
    static let creditsStayInPostgres = "\nREVOKE UPDATE, DELETE, TRUNCATE ON credit_entries FROM CURRENT_USER;"
}
