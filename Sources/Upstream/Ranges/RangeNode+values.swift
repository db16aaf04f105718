import Domain
import Wire

/// Reading what entries hold.
extension RangeNode {
    func text() throws(AddressCatalogError) -> String {
        guard let text = value.string else { throw error("isn't a text") }
        return text
    }

    /// A number of at most so many digits, written as a text.
    func digits(atMost count: Int) throws(AddressCatalogError) -> Int64 {
        let text = try text()
        guard 1...count ~= text.utf8.count, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let number = Int64(text) else {
            throw error("isn't a number of at most \(count) digits, as a text")
        }
        return number
    }

    /// A region's name. Names reach logs and records, so they are held to what such names look like.
    func regionName() throws(AddressCatalogError) -> String {
        let text = try text()
        guard 1...64 ~= text.utf8.count, text.utf8.allSatisfy(Self.isOfName) else {
            throw error("isn't a region's name: 1 to 64 letters, digits and hyphens")
        }
        return text
    }

    func prefix(_ version: IPAddress.Version) throws(AddressCatalogError) -> IPPrefix {
        let prefix = try prefix()
        guard prefix.network.version == version else {
            throw error("isn't of IP version \(version == .v4 ? 4 : 6), as all that stand there are")
        }
        return prefix
    }

    /// A prefix of either version.
    func prefix() throws(AddressCatalogError) -> IPPrefix {
        let text = try text()
        if let prefix = IPPrefix(text) { return prefix }
        // To tell the two mistakes apart: the host's bits only matter once all else is right.
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(parts[0]), let length = Int(parts[1]),
            0...address.version.width ~= length, parts[1].utf8.count <= 3
        else { throw error("isn't a prefix such as 192.0.2.0/24 or 2001:db8::/32") }
        throw error("has bits set behind its length of \(length)")
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
