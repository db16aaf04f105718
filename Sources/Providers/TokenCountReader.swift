import Wire

/// Reads the reply of a counting endpoint: one small JSON object with the count in a member of the provider's own.
struct TokenCountReader: ReplyReader {
    let provider: String
    let member: String
    private var body: [UInt8] = []

    private static let longestBody = 64 << 10

    init(provider: String, member: String) {
        self.provider = provider
        self.member = member
    }

    mutating func receive(_ bytes: UnsafeRawBufferPointer, into events: inout [ChatEvent]) throws(UpstreamFault) {
        guard bytes.count <= Self.longestBody - body.count else {
            throw .malformed("\(provider)'s count is longer than \(Self.longestBody) bytes.")
        }
        body.append(contentsOf: bytes)
    }

    mutating func end(into events: inout [ChatEvent]) throws(UpstreamFault) {
        guard let reply = body.withUnsafeBytes({ try? JSON($0) }) else {
            throw .malformed("\(provider)'s count is no JSON.")
        }
        guard let count = reply[member]?.int, count >= 0 else {
            throw .malformed("\(provider)'s reply tells no count.")
        }
        events.append(.usage(ChatUsage(input: count, output: 0)))
        events.append(.ended)
    }
}
