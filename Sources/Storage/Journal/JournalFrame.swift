import Domain

/// How a ledger entry stands in a journal file.
///
///     length    u32   of the payload
///     checksum  u64   XXH64 of the payload; the seed is the file's, see `JournalHeader`
///     payload:
///       phase         u8, whose highest bit says that the record has a drift, and the next one that there is a usage
///       id            16 bytes, big-endian
///       opened at     i64, microseconds since 1970
///       organization  u32 and that many bytes
///       usage         what the request adds to its key's, see `UsageSection`; only where the phase says so
///       record        JSON, to the end of the payload
///
/// After the last frame follows a frame without a payload. It marks the end, since a file that is used again has more
/// behind it, and the next frame takes its place.
///
/// Numbers are little-endian but for the id, which stands as it is printed.
enum JournalFrame {
    static let headLength = 12
    /// A shorter payload is damage, but for none at all.
    static let leastPayload = 29
    /// In the byte of the phase.
    static let driftBit: UInt8 = 0x80
    static let usageBit: UInt8 = 0x40

    static func append(_ entry: LedgerEntry, seed: UInt64, to buffer: inout JournalBuffer) {
        let organization = entry.organization.rawValue.utf8
        let usageStart = leastPayload + organization.count
        let recordStart = usageStart + UsageSection.length(of: entry.usage)
        let length = recordStart + entry.json.count
        let frame = buffer.extend(by: headLength + length)
        let payload = UnsafeMutableRawBufferPointer(rebasing: frame[headLength...])
        payload[0] =
            entry.phase.rawValue | (entry.hasDrift ? driftBit : 0) | (entry.usage == nil ? 0 : usageBit)
        payload.set(entry.id.high.byteSwapped, at: 1)
        payload.set(entry.id.low.byteSwapped, at: 9)
        payload.set(entry.openedAt.microseconds, at: 17)
        payload.set(UInt32(truncatingIfNeeded: organization.count), at: 25)
        UnsafeMutableRawBufferPointer(rebasing: payload[leastPayload...]).copyBytes(from: organization)
        if let usage = entry.usage {
            UsageSection.write(usage, to: UnsafeMutableRawBufferPointer(rebasing: payload[usageStart..<recordStart]))
        }
        let record = UnsafeMutableRawBufferPointer(rebasing: payload[recordStart...])
        entry.json.withUnsafeBytes { record.copyMemory(from: $0) }
        frame.set(UInt32(truncatingIfNeeded: length), at: 0)
        frame.set(XXH64.checksum(UnsafeRawBufferPointer(payload), seed: seed), at: 4)
    }

    /// Appends what stands after the last frame.
    static func appendEnd(seed: UInt64, to buffer: inout JournalBuffer) {
        let frame = buffer.extend(by: headLength)
        frame.set(UInt32(0), at: 0)
        frame.set(XXH64.checksum(UnsafeRawBufferPointer(start: nil, count: 0), seed: seed), at: 4)
    }

    enum Reading {
        /// An entry that isn't taken out of the bytes, and where it ends.
        case entry(JournalEntry, end: Int)
        /// The last frame was the one before.
        case end
        /// The frame has this many bytes, and there are fewer.
        case incomplete(length: Int)
        case damaged
    }

    /// Reads the frame that begins at an offset.
    static func read(_ bytes: UnsafeRawBufferPointer, at offset: Int, seed: UInt64) -> Reading {
        guard bytes.count - offset >= headLength else { return .incomplete(length: headLength) }
        let length = Int(bytes.number(at: offset, as: UInt32.self))
        guard length >= leastPayload || length == 0 else { return .damaged }
        let start = offset + headLength
        guard bytes.count - start >= length else { return .incomplete(length: headLength + length) }
        let payload = UnsafeRawBufferPointer(rebasing: bytes[start..<start + length])
        guard XXH64.checksum(payload, seed: seed) == bytes.number(at: offset + 4, as: UInt64.self) else {
            return .damaged
        }
        guard length > 0 else { return .end }
        guard let entry = JournalEntry(payload, at: start) else { return .damaged }
        return .entry(entry, end: start + length)
    }
}
