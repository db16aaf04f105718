/// A hash table with open addressing, read where it lies: slots of a 32-bit fingerprint and 32 bits of flags.
///
/// A word that is in no list gets another's flags in about one of ten thousand million lookups times the run of slots
/// looked at, which a tagger that expects errors of its lists bears.
package struct WordTable {
    /// No chain in a table that was built right is longer; a damaged one can't make a lookup long either.
    package static let longestChain = 64

    private let slots: UnsafeRawBufferPointer
    private let count: UInt64
    private let file: DataFile

    package init(_ section: DataFile.Section, of file: DataFile) throws(DataFileError) {
        slots = try file.bytes(of: section)
        guard slots.count % 8 == 0, slots.count >= 8, slots.count / 8 <= UInt32.max else { throw .damaged(section) }
        count = UInt64(slots.count / 8)
        self.file = file
    }

    @inline(__always)
    package subscript(hash: UInt64) -> UInt32 {
        let fingerprint = Self.fingerprint(of: hash)
        var slot = Self.slot(of: hash, count: count)
        for _ in 0..<Self.longestChain {
            let found = slots.number(at: Int(slot) &* 8)
            if found == fingerprint { return slots.number(at: Int(slot) &* 8 &+ 4) }
            if found == 0 { return 0 }
            slot = slot &+ 1 == count ? 0 : slot &+ 1
        }
        return 0
    }

    /// Zero marks a free slot.
    @inline(__always)
    package static func fingerprint(of hash: UInt64) -> UInt32 {
        max(1, UInt32(truncatingIfNeeded: hash))
    }

    /// The upper half of the hash, scaled to the table: any number of slots will do.
    @inline(__always)
    package static func slot(of hash: UInt64, count: UInt64) -> UInt64 {
        ((hash >> 32) &* count) >> 32
    }
}

// The pointer is into the file, which is kept and never changes.
extension WordTable: @unchecked Sendable {}
