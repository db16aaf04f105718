/// What is counted whenever it changes, so that other nodes notice.
enum ChangeTopic: String {
    case mappings
    case limits
}

extension Database {
    func revision(of topic: ChangeTopic) throws -> Int {
        try Int.fetchOne(self, sql: "SELECT number FROM change_counters WHERE topic = ?", arguments: [topic.rawValue])
            ?? 0
    }

    /// Whoever else would change the same waits until the end of the transaction.
    func nextRevision(of topic: ChangeTopic) throws -> Int {
        try Int.fetchOne(
            self, sql: "UPDATE change_counters SET number = number + 1 WHERE topic = ? RETURNING number",
            arguments: [topic.rawValue]) ?? 0
    }
}
