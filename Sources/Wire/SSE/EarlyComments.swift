/// Comments that come before a stream's first event, and wait for it: as long as nothing was said, another upstream could
/// still say it, and then nothing of this one may have gone on.
struct EarlyComments: Sendable {
    private var bytes: [UInt8] = []
    private var isOver = false

    /// What is more than this is dropped; comments mean nothing.
    private static let limit = 64 << 10

    /// - Parameter block: lines without data.
    /// - Returns: whether they wait here.
    mutating func keep(_ block: some Collection<UInt8>) -> Bool {
        guard !isOver else { return false }
        if bytes.count + block.count <= Self.limit { bytes.append(contentsOf: block) }
        return true
    }

    /// The first event goes on.
    mutating func release(into out: inout [UInt8]) {
        guard !isOver else { return }
        isOver = true
        out.append(contentsOf: bytes)
        bytes = []
    }
}
