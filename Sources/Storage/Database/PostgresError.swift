/// What can go wrong with PostgreSQL. Nothing of it has the URL, or a value that was stored.
extension StoreError {
    static let libraryMissing = StoreError(
        message: "PostgreSQL's client library isn't there.",
        hint: "Install it ('apt-get install libpq5'), or leave 'store.url' empty to keep everything in SQLite.")

    static let unreadableURL = StoreError(
        message: "The URL of the database can't be read.",
        hint: "Write 'postgres://user@host/database?sslmode=verify-full', with %40 for an at sign within a password.")

    static let noMemory = StoreError(
        message: "There is no memory for another connection to the database.", hint: "Give the machine more of it.")

    static let connectionLost = StoreError(
        message: "The connection to the database was lost.",
        hint: "See whether PostgreSQL runs, and its log. What is recorded waits in the journal until it is back.")

    static let silent = StoreError(
        message: "The database doesn't answer.",
        hint: "See whether its server has enough memory and disk, and what it is busy with ('pg_stat_activity').")

    /// libpq's own words might have parts of the URL in them: they are only looked at.
    static func unreachable(_ url: PostgresURL, _ words: String) -> StoreError {
        let reason = reasons.first { words.contains($0.words) }?.reason ?? "can't be reached"
        return StoreError(
            message: "The database's server \(reason).",
            hint: "Try 'psql' with the same URL on this machine and as the same user: it says more.")
    }

    private static let reasons: [(words: String, reason: String)] = [
        ("password authentication failed", "refuses the user or the password"),
        ("no password supplied", "wants a password, and there is none in the URL, in PGPASSWORD or in PGPASSFILE"),
        ("Peer authentication failed", "only lets the user of the same name in"),
        ("no pg_hba.conf entry", "has no entry in pg_hba.conf that lets this user in from here"),
        ("starting up", "is starting: wait until it is ready"),
        ("shutting down", "is shutting down"),
        ("too many", "has too many connections"),
        ("remaining connection slots", "has too many connections"),
        ("does not exist", "has no such database, or no such user"),
        ("certificate", "has a certificate that isn't trusted, or isn't of this name"),
        ("SSL", "doesn't do TLS as the URL demands it"),
        ("could not translate host name", "has a name that isn't known"),
        ("Connection refused", "isn't running there"),
        ("No such file", "isn't running there"),
        ("timeout expired", "doesn't answer in time"),
    ]

    /// - Parameters:
    ///   - code: five letters and digits ("PostgreSQL Error Codes").
    ///   - message: the server's, which for some codes has values in it.
    ///   - place: the table and the constraint, where the server names them.
    static func refused(code: String, message: String, place: String) -> StoreError {
        // 22: data exceptions; 23: constraints. Only those tell of values.
        let tells = code.hasPrefix("22") || code.hasPrefix("23") || code.hasPrefix("P0")
        let detail = tells ? place : message
        return StoreError(
            message: "The database gave the error \(code)\(detail.isEmpty ? "" : ", \(detail)").",
            hint: hint(for: code))
    }

    private static func hint(for code: String) -> String {
        switch code.prefix(2) {
        case "40": "Two programs wanted the same at once: try again."
        case "53": "Give its server more disk, memory or connections ('max_connections')."
        case "55", "57": "It was waited for, or is being ended: see what holds it ('pg_stat_activity'), then try again."
        case "25": "Connect to the primary: this server takes no writes."
        case "42":
            "The user who runs northern has to own the database's tables: 'ALTER DATABASE … OWNER TO …', or grant it "
                + "CREATE on the schema."
        default: "Look it up under 'PostgreSQL Error Codes', and in the server's log."
        }
    }
}
