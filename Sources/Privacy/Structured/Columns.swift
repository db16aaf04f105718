/// What the heading of a table says about its columns: of CSV, of tabs, of Markdown.
struct Columns {
    private static let limit = 32

    private var topics: [UInt64] = []
    private var delimiter: UInt8 = 0
    private var column = 0
    private var isQuoted = false
    private var isHeading = true
    private var isProse = false
    private var named: UInt64 = 0

    /// A delimiter or a quotation mark; what the column that begins there is about.
    mutating func pass(_ byte: UInt8) -> Meaning {
        if byte == UInt8(ascii: "\"") {
            isQuoted.toggle()
            return []
        }
        guard !isQuoted else { return [] }
        if isHeading, delimiter == 0 { delimiter = byte }
        // Of a dump of SQL: the columns stand with commas between them, and what is in them with tabs.
        if !isHeading, column == 0, byte == UInt8(ascii: "\t") { delimiter = byte }
        guard byte == delimiter, column < Self.limit else { return [] }
        if isHeading { topics.append(named) }
        named = 0
        column += 1
        return !isHeading && column < topics.count ? Meaning(rawValue: topics[column]) : []
    }

    mutating func see(_ meaning: Meaning) {
        if isHeading { named |= meaning.rawValue & Meaning.topics }
    }

    mutating func endSentence() { isProse = true }

    /// What the first column of the next line is about.
    mutating func endLine() -> Meaning {
        if isHeading {
            topics.append(named)
            let isTable = topics.count > 1 && !isProse && topics.contains { $0 != 0 }
            if !isTable { clear() } else { isHeading = false }
        } else if column == 0 {
            clear()
        }
        (column, isQuoted, isProse, named) = (0, false, false, 0)
        return isHeading ? [] : Meaning(rawValue: topics.first ?? 0)
    }

    /// Whether the heading of the present column names a topic.
    func isAbout(_ topic: Topic) -> Bool {
        !isHeading && column < topics.count && topics[column] & (1 << UInt64(topic.rawValue)) != 0
    }

    /// Whether the present line is one of a table whose heading was understood.
    var isTable: Bool { !isHeading }

    private mutating func clear() {
        topics.removeAll(keepingCapacity: true)
        (delimiter, isHeading) = (0, true)
    }
}
