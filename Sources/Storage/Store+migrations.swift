extension Store {
    /// The tables, step by step. A step that was released is never changed: another one is added.
    static let migrations = [
        Migration("001 keys", keys),
        Migration(
            "002 custody records", custodyRecords + custodyOutcomes,
            postgres: custodyRecords + custodyOutcomesInPostgres),
        Migration("003 commands", commands),
        Migration("004 residency", residency),
        Migration("005 drift", drift),
        Migration("006 transparency log", transparencyLog),
        Migration("007 personal information", personalInformation),
        Migration("008 people", people),
        // Only a database of SQLite's can have records from before.
        Migration("009 limits and usage", limitsAndUsage + usageSoFar, postgres: limitsAndUsage),
        Migration(
            "010 prices and credits", pricesAndCredits + creditsStay, postgres: pricesAndCredits + creditsStayInPostgres
        ),
        Migration("011 credentials", credentials),
        Migration("012 admin audit", adminAudit),
        Migration("013 identities", identities),
        Migration("014 tiles", tiles),
        Migration("015 admin requests", StoredIdempotency.table),
        Migration("016 nodes", nodeTables + limitTables),
        Migration("017 shared secrets", sharedSecrets),
    ]

    private static let keys = """
        CREATE TABLE api_keys (
            id TEXT PRIMARY KEY NOT NULL,
            organization TEXT NOT NULL,
            name TEXT NOT NULL,
            hint TEXT NOT NULL,
            hash BLOB NOT NULL UNIQUE,     -- HMAC-SHA256 of the secret
            tiers TEXT NOT NULL,           -- JSON array of names
            routes TEXT,                   -- JSON array of ids; NULL for every route of the tiers
            allows_fallbacks INTEGER NOT NULL,
            created_at INTEGER NOT NULL,   -- this and the next: microseconds since 1970
            expires_at INTEGER,
            revoked_at INTEGER
        ) STRICT;
        CREATE TABLE key_hasher (
            fingerprint BLOB NOT NULL      -- tells whether the secret that the keys were hashed with is still the same
        ) STRICT;
        """

    /// Records lie in the order they came in, and the ids have an index: with records in the order of their ids the pages
    /// were split and copied as they filled, which took a fifth longer.
    ///
    /// The partial index holds only what is in progress, so that a start finds it without reading every record.
    private static let custodyRecords = """
        CREATE TABLE custody_records (
            id BLOB PRIMARY KEY NOT NULL,  -- 16 bytes, big-endian: sorts by time
            organization TEXT NOT NULL,
            opened_at INTEGER NOT NULL,    -- microseconds since 1970
            state TEXT NOT NULL,           -- 'open' or 'closed'
            record TEXT NOT NULL           -- JSON
        ) STRICT;
        CREATE INDEX custody_records_open ON custody_records (id) WHERE state = 'open';
        """

    private static let custodyOutcomes = """

        -- For people. A generated column would be worked out for each record on its way in, stored or not, and parsing it
        -- takes as long as writing it.
        CREATE VIEW custody_outcomes AS
            SELECT lower(hex(id)) AS id, organization, opened_at, state,
                CASE WHEN json_valid(record) THEN json_extract(record, '$.outcome') END AS outcome  -- NULL without one
            FROM custody_records;
        """

    private static let custodyOutcomesInPostgres = """

        CREATE VIEW custody_outcomes AS
            SELECT encode(id, 'hex') AS id, organization, opened_at, state,
                convert_from(record, 'UTF8')::json ->> 'outcome' AS outcome
            FROM custody_records;
        """

    /// A mapping that has ended stays: it says what was mapped when.
    private static let commands = """
        ALTER TABLE api_keys ADD COLUMN allows_commands INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE route_mappings (
            id INTEGER PRIMARY KEY NOT NULL,
            key TEXT NOT NULL REFERENCES api_keys (id),
            name TEXT NOT NULL,
            route TEXT NOT NULL,
            mapped_at INTEGER NOT NULL,    -- this and ended_at: microseconds since 1970
            mapped_by TEXT NOT NULL,       -- this and ended_by: the request's id, 32 hex digits
            ended_at INTEGER,              -- NULL as long as it is in force
            ended_by TEXT
        ) STRICT;
        CREATE UNIQUE INDEX route_mappings_in_force ON route_mappings (key, name) WHERE ended_at IS NULL;
        """

    /// What keys demand of residency.
    private static let residency = """
        ALTER TABLE api_keys ADD COLUMN processing TEXT;  -- this and the next: codes with commas between; NULL: any
        ALTER TABLE api_keys ADD COLUMN exposure TEXT;
        ALTER TABLE api_keys ADD COLUMN evidence TEXT;    -- the lowest grade; NULL: none
        ALTER TABLE api_keys ADD COLUMN egress TEXT;      -- NULL: as the route has it
        """

    /// A record that was closed before has no entry in the log, since it isn't written as the log wants it.
    private static let transparencyLog = """
        ALTER TABLE custody_records ADD COLUMN salt BLOB;     -- 16 random bytes; this and leaf: NULL until it is closed
        ALTER TABLE custody_records ADD COLUMN leaf INTEGER;  -- the index of its entry in the log
        CREATE TABLE log_state (
            id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
            origin TEXT,                   -- the log's name; NULL until it has one
            size INTEGER NOT NULL          -- entries, published or not
        ) STRICT;
        INSERT INTO log_state (id, size) VALUES (1, 0);
        CREATE TABLE log_tiles (
            layer INTEGER NOT NULL,        -- level of the tree's hashes; -1: entries
            number INTEGER NOT NULL,
            bytes BLOB NOT NULL,           -- 32 for each of up to 256
            PRIMARY KEY (layer, number)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE log_checkpoint (
            id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
            size INTEGER NOT NULL,
            note TEXT NOT NULL             -- the last one that was published, with its signatures
        ) STRICT;
        CREATE TABLE log_keys (
            number INTEGER PRIMARY KEY NOT NULL,
            verifier_key TEXT NOT NULL,
            not_before INTEGER NOT NULL,   -- this and the next: microseconds since 1970
            not_after INTEGER              -- NULL as long as no other has taken its place
        ) STRICT;
        CREATE TABLE custody_retention (
            organization TEXT PRIMARY KEY NOT NULL,
            days INTEGER,                  -- how long records are kept; NULL: for ever
            legal_hold INTEGER NOT NULL    -- 1: nothing is deleted, however old
        ) STRICT;
        """

    /// Which records say that an upstream was another than its route says. What was found stands in the record alone.
    private static let drift = """
        ALTER TABLE custody_records ADD COLUMN has_drift INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX custody_records_drift ON custody_records (id) WHERE has_drift = 1;
        """

    /// What keys say about personal information, and what was replaced: never what it was.
    private static let personalInformation = """
        ALTER TABLE api_keys ADD COLUMN substitution TEXT;  -- NULL: as the organization has it
        CREATE TABLE pii_audit_log (
            id BLOB PRIMARY KEY NOT NULL,  -- of the request: 16 bytes, big-endian
            organization TEXT NOT NULL,
            at INTEGER NOT NULL,           -- when the request was opened, microseconds since 1970
            entries TEXT NOT NULL          -- JSON: the key, and for each value type, count, digest and stand-in
        ) STRICT;
        """

    /// Who may sign in, and what they are where. Of a token there is its SHA-256 alone.
    private static let people = """
        CREATE TABLE organizations (
            id TEXT PRIMARY KEY NOT NULL,
            name TEXT NOT NULL,
            created_at INTEGER NOT NULL    -- this and all others: microseconds since 1970
        ) STRICT;
        INSERT INTO organizations (id, name, created_at)
            VALUES ('org_default', 'Default', unixepoch() * 1000000);
        CREATE TABLE users (
            id TEXT PRIMARY KEY NOT NULL,
            email TEXT NOT NULL UNIQUE,    -- in small letters
            name TEXT NOT NULL,
            language TEXT,                 -- NULL: what the browser asks for
            password TEXT NOT NULL,        -- scrypt, with its salt and cost; empty: none
            created_at INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE memberships (
            organization TEXT NOT NULL REFERENCES organizations (id),
            user TEXT NOT NULL REFERENCES users (id),
            role TEXT NOT NULL,
            joined_at INTEGER NOT NULL,
            PRIMARY KEY (organization, user)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX memberships_user ON memberships (user);
        CREATE TABLE invitations (
            id TEXT PRIMARY KEY NOT NULL,
            organization TEXT NOT NULL REFERENCES organizations (id),
            email TEXT NOT NULL,
            role TEXT NOT NULL,
            hash BLOB NOT NULL UNIQUE,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE sessions (
            hash BLOB PRIMARY KEY NOT NULL,
            user TEXT NOT NULL REFERENCES users (id),
            organization TEXT,             -- the one at hand
            created_at INTEGER NOT NULL,
            last_seen_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX sessions_user ON sessions (user);
        CREATE TABLE claim_token (hash BLOB NOT NULL) STRICT;
        """

    /// Whom an identity provider means.
    private static let identities = """
        CREATE TABLE identities (
            issuer TEXT NOT NULL,
            subject TEXT NOT NULL,
            user TEXT NOT NULL REFERENCES users (id),
            PRIMARY KEY (issuer, subject)
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX identities_user ON identities (user, issuer);
        """

    /// Credentials for providers. A secret is sealed; one that was revoked is gone.
    private static let credentials = """
        CREATE TABLE provider_credentials (
            id TEXT PRIMARY KEY NOT NULL,
            organization TEXT,             -- NULL: the platform's
            provider TEXT NOT NULL,
            name TEXT NOT NULL,
            kind TEXT NOT NULL,
            sealed BLOB NOT NULL,          -- AES-256-GCM: nonce, ciphertext, tag; empty once it is revoked
            key_id TEXT NOT NULL,          -- of the master key
            fingerprint TEXT NOT NULL,
            created_at INTEGER NOT NULL,   -- this and all that follow: microseconds since 1970
            replaced_at INTEGER,
            revoked_at INTEGER,
            last_used_at INTEGER
        ) STRICT;
        CREATE UNIQUE INDEX provider_credentials_in_force
            ON provider_credentials (coalesce(organization, ''), provider) WHERE revoked_at IS NULL;
        """

    /// What keys may use, and what they have used. Records from before are counted in.
    private static let limitsAndUsage = """
        ALTER TABLE api_keys ADD COLUMN requests_per_minute INTEGER;  -- this and all that follow: NULL for no limit
        ALTER TABLE api_keys ADD COLUMN tokens_per_minute INTEGER;
        ALTER TABLE api_keys ADD COLUMN budget_day TEXT;              -- this and the next two: dollars in decimal
        ALTER TABLE api_keys ADD COLUMN budget_month TEXT;
        ALTER TABLE api_keys ADD COLUMN budget_total TEXT;
        ALTER TABLE api_keys ADD COLUMN source_networks TEXT;         -- JSON array of networks
        CREATE TABLE replaced_key_secrets (
            hash BLOB PRIMARY KEY NOT NULL,
            key TEXT NOT NULL REFERENCES api_keys (id),
            hint TEXT NOT NULL,
            expires_at INTEGER NOT NULL    -- until then it is as good as the key's own
        ) STRICT;
        CREATE TABLE usage_days (
            organization TEXT NOT NULL,
            day INTEGER NOT NULL,          -- since 1970, UTC: on which the requests began
            key TEXT NOT NULL,
            route TEXT NOT NULL,           -- empty where none was found
            requests INTEGER NOT NULL,     -- this and the next five: records, by outcome
            completed INTEGER NOT NULL,
            refused INTEGER NOT NULL,
            failed INTEGER NOT NULL,
            cancelled INTEGER NOT NULL,
            interrupted INTEGER NOT NULL,
            input_tokens INTEGER NOT NULL,
            cached_input_tokens INTEGER NOT NULL,
            cache_write_tokens INTEGER NOT NULL,
            output_tokens INTEGER NOT NULL,
            reasoning_tokens INTEGER NOT NULL,
            cost_dollars INTEGER NOT NULL,        -- what upstreams charge
            cost_picodollars INTEGER NOT NULL,    -- what is left of a dollar
            charge_dollars INTEGER NOT NULL,      -- what we charge
            charge_picodollars INTEGER NOT NULL,
            last_at INTEGER NOT NULL,      -- when the last of them began, microseconds since 1970
            PRIMARY KEY (organization, day, key, route)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX usage_days_key ON usage_days (key, day);
        """

    private static let usageSoFar = """

        WITH closed AS (
            SELECT organization, opened_at, record, json_extract(record, '$.outcome') AS outcome
            FROM custody_records WHERE state = 'closed' AND json_valid(record)
        ), money AS (
            SELECT *, CAST(coalesce(json_extract(record, '$.money.cost_picodollars'), 0) AS INTEGER) AS cost,
                CAST(coalesce(json_extract(record, '$.money.charge_picodollars'), 0) AS INTEGER) AS charge
            FROM closed
        )
        INSERT INTO usage_days SELECT organization, opened_at / 86400000000,
            coalesce(json_extract(record, '$.key'), ''), coalesce(json_extract(record, '$.route'), ''), count(*),
            coalesce(sum(outcome = 'completed'), 0), coalesce(sum(outcome = 'refused'), 0),
            coalesce(sum(outcome = 'failed'), 0), coalesce(sum(outcome = 'cancelled'), 0),
            coalesce(sum(outcome = 'interrupted'), 0),
            coalesce(sum(json_extract(record, '$.usage.input_tokens')), 0),
            coalesce(sum(json_extract(record, '$.usage.cached_input_tokens')), 0),
            coalesce(sum(json_extract(record, '$.usage.cache_write_tokens')), 0),
            coalesce(sum(json_extract(record, '$.usage.output_tokens')), 0),
            coalesce(sum(json_extract(record, '$.usage.reasoning_tokens')), 0),
            sum(cost / 1000000000000) + sum(cost % 1000000000000) / 1000000000000,
            sum(cost % 1000000000000) % 1000000000000,
            sum(charge / 1000000000000) + sum(charge % 1000000000000) / 1000000000000,
            sum(charge % 1000000000000) % 1000000000000, max(opened_at)
        FROM money GROUP BY 1, 2, 3, 4;
        """

    /// Who has changed what. All that an entry says stands in its text, which the transparency log has a commitment to, so
    /// that nothing beside it can be changed to mislead.
    private static let adminAudit = """
        CREATE TABLE admin_audit (
            number INTEGER PRIMARY KEY NOT NULL,  -- from 1, without gaps
            id TEXT NOT NULL UNIQUE,
            entry TEXT NOT NULL,           -- canonical JSON
            salt BLOB NOT NULL,            -- 16 random bytes
            leaf INTEGER NOT NULL          -- the index of its entry in the log
        ) STRICT;
        ALTER TABLE log_state ADD COLUMN admin_entries INTEGER NOT NULL DEFAULT 0;  -- how many there have been
        """

    /// The log's tiles in a table with row ids. In one without, a row of more than a quarter of a page has the rest on a page
    /// of its own, so that each tile of 8 KiB took one of 32 KiB.
    private static let tiles = """
        CREATE TABLE tiles (
            layer INTEGER NOT NULL,        -- level of the tree's hashes; -1: entries
            number INTEGER NOT NULL,
            bytes BLOB NOT NULL,           -- 32 for each of up to 256
            PRIMARY KEY (layer, number)
        ) STRICT;
        INSERT INTO tiles (layer, number, bytes) SELECT layer, number, bytes FROM log_tiles ORDER BY number, layer;
        DROP TABLE log_tiles;
        ALTER TABLE tiles RENAME TO log_tiles;
        """
}
