import Domain

extension PrefixListing {
    /// Reads `public_ip_ranges.json` (Oracle, "IP Address Ranges").
    init(oracle root: RangeNode) throws(AddressCatalogError) {
        let updated = try root.member("last_updated_timestamp")
        let text = try updated.text()
        guard let published = Timestamp(oracle: text) else {
            throw updated.error("isn't a time such as 2026-11-22T08:16:31.204985")
        }
        self.init(version: text, publishedAt: published)
        for entry in try root.member("regions").elements() {
            let place = region(try entry.member("region").regionName())
            for block in try entry.member("cidrs").elements() {
                let node = try block.member("cidr")
                try add(try node.prefix(), place, from: node)
            }
        }
    }
}

extension Timestamp {
    /// Reads a time without a zone as one in UTC, to the second: at worst it's half a day off, and what it decides is
    /// whether a file is weeks old.
    fileprivate init?(oracle text: String) {
        let parts = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        guard text.utf8.count <= 32, parts.count == 2, let date = CalendarDate(String(parts[0])) else { return nil }
        let clock = parts[1].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let units = clock[0].split(separator: ":", omittingEmptySubsequences: false).map(Self.twoDigits)
        guard units.count == 3, let hour = units[0], let minute = units[1], let second = units[2],
            hour < 24, minute < 60, second <= 60, clock.dropFirst().allSatisfy({ $0.utf8.allSatisfy(Self.isDigit) })
        else { return nil }
        self.init(seconds: date.daysSince1970 * 86_400 + hour * 3_600 + minute * 60 + second)
    }

    private static func twoDigits(_ text: Substring) -> Int64? {
        text.utf8.count == 2 && text.utf8.allSatisfy(isDigit) ? Int64(text) : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }
}
