import Domain

/// How a ledger entry stands in a journal file.
///
///     length    u32   of the payload
///     checksum  u32   CRC-32C of the payload
///     payload:
///       version       u8
///       phase         u8
///       id            16 bytes, big-endian
///       opened at     i64, microseconds since 1970
///       organization  u32 and that many bytes
///       record        JSON, to the end of the payload
///
/// Numbers are little-endian but for the id, which stands as it is printed.
enum JournalFrame {
    static let headLength = 8
    /// A shorter payload is damage. In particular a stretch of zeros is: its checksum would be right.
    static let leastPayload = 30
    static let version: UInt8 = 1

    static func append(_ entry: LedgerEntry, to buffer: inout [UInt8]) {
        let start = buffer.count
        buffer.appendBytes(of: UInt64(0))
        buffer.append(version)
        buffer.append(entry.phase.rawValue)
        buffer.appendBytes(of: entry.id.high.bigEndian)
        buffer.appendBytes(of: entry.id.low.bigEndian)
        buffer.appendBytes(of: entry.openedAt.microseconds.littleEndian)
        let organization = entry.organization.rawValue.utf8
        buffer.appendBytes(of: UInt32(truncatingIfNeeded: organization.count).littleEndian)
        buffer.append(contentsOf: organization)
        buffer.append(contentsOf: entry.json)
        buffer.withUnsafeMutableBytes { bytes in
            let payload = UnsafeRawBufferPointer(rebasing: bytes[(start + headLength)...])
            let length = UInt32(truncatingIfNeeded: payload.count).littleEndian
            bytes.storeBytes(of: length, toByteOffset: start, as: UInt32.self)
            bytes.storeBytes(of: CRC32C.checksum(payload).littleEndian, toByteOffset: start + 4, as: UInt32.self)
        }
    }

    enum Reading {
        case entry(LedgerEntry, end: Int)
        /// The frame has this many bytes, and there are fewer.
        case incomplete(length: Int)
        case damaged
    }

    /// Reads the frame that begins at an offset.
    static func read(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Reading {
        guard offset + headLength <= bytes.count else { return .incomplete(length: headLength) }
        let length = Int(bytes.number(at: offset, as: UInt32.self))
        guard length >= leastPayload else { return .damaged }
        let end = offset + headLength + length
        guard end <= bytes.count else { return .incomplete(length: headLength + length) }
        let payload = UnsafeRawBufferPointer(rebasing: bytes[(offset + headLength)..<end])
        guard CRC32C.checksum(payload) == bytes.number(at: offset + 4, as: UInt32.self), let entry = entry(payload)
        else {
            return .damaged
        }
        return .entry(entry, end: end)
    }

    private static func entry(_ payload: UnsafeRawBufferPointer) -> LedgerEntry? {
        guard payload[0] == version, let phase = LedgerEntry.Phase(rawValue: payload[1]) else { return nil }
        let organizationEnd = leastPayload + Int(payload.number(at: 26, as: UInt32.self))
        guard organizationEnd <= payload.count else { return nil }
        return LedgerEntry(
            id: RequestID(
                high: payload.number(at: 2, as: UInt64.self).byteSwapped,
                low: payload.number(at: 10, as: UInt64.self).byteSwapped),
            organization: OrganizationID(
                rawValue: String(decoding: payload[leastPayload..<organizationEnd], as: UTF8.self)),
            phase: phase, openedAt: Timestamp(microseconds: payload.number(at: 18, as: Int64.self)),
            json: Array(payload[organizationEnd...]))
    }
}

extension [UInt8] {
    fileprivate mutating func appendBytes(of value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value) { append(contentsOf: $0) }
    }
}

extension UnsafeRawBufferPointer {
    /// A little-endian number.
    fileprivate func number<Number: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as: Number.Type) -> Number {
        Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: Number.self))
    }
}
