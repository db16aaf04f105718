import Domain
import Providers

extension PrefixListing {
    /// Reads `public_ip_ranges.json` (Oracle, "IP Address Ranges").
    init(oracle root: RangeNode) throws(AddressCatalogError) {
        let updated = try root.member("last_updated_timestamp")
        let text = try updated.text()
        // It names no zone and is read as UTC: at worst it's half a day off, and what it decides is whether a file is weeks
        // old.
        guard text.utf8.count <= 32, let published = Timestamp(rfc3339: text + "Z") else {
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
