extension LogTile {
    /// What is served over HTTP: of hashes the bytes, of entries each with its length before it, a big-endian `uint16`.
    public var body: [UInt8] {
        guard id.layer == .entries else { return bytes }
        var body: [UInt8] = []
        body.reserveCapacity(Self.bodyByteCount(of: id))
        for commitment in commitments {
            body += Self.entryLength
            commitment.append(to: &body)
        }
        return body
    }

    /// Reads what ``body`` gives; nil for all else, also for entries that aren't commitments.
    public init?(_ id: ID, body: [UInt8]) {
        guard body.count == Self.bodyByteCount(of: id) else { return nil }
        guard id.layer == .entries else {
            self.init(id, bytes: body)
            return
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(id.byteCount)
        for start in stride(from: 0, to: body.count, by: Self.entryByteCount) {
            let entry = body[start..<start + Self.entryByteCount]
            guard entry.prefix(2).elementsEqual(Self.entryLength) else { return nil }
            bytes += entry.dropFirst(2)
        }
        self.init(id, bytes: bytes)
    }

    /// Bytes that the body of a tile has: whoever fetches one needs to read no more.
    public static func bodyByteCount(of id: ID) -> Int {
        id.layer == .entries ? id.width * entryByteCount : id.byteCount
    }

    private static let entryLength: [UInt8] = [0, UInt8(SHA256Words.byteCount)]
    private static let entryByteCount = entryLength.count + SHA256Words.byteCount
}
