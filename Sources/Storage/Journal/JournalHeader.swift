/// What a journal file begins with.
///
///     magic  8 bytes, the last of them the version of the format
///     seed   u64, of the checksums of this use of the file
///
/// A file that the store has whole is used again, which spares the disk and the processor the making of a new one. The
/// new seed makes all frames invalid that are still in it.
enum JournalHeader {
    static let length = 16
    private static let magic = UInt64(bigEndian: 0x6E_6F_72_74_68_6A_6C_02)  // "northjl", version 2

    /// The header, and the mark that says that no frame follows.
    static func append(seed: UInt64, to buffer: inout JournalBuffer) {
        let header = buffer.extend(by: length)
        header.set(magic, at: 0)
        header.set(seed, at: 8)
        JournalFrame.appendEnd(seed: seed, to: &buffer)
    }

    /// - Returns: nil for what isn't a header.
    static func seed(_ bytes: UnsafeRawBufferPointer) -> UInt64? {
        guard bytes.count >= length, bytes.number(at: 0, as: UInt64.self) == magic else { return nil }
        return bytes.number(at: 8, as: UInt64.self)
    }
}
