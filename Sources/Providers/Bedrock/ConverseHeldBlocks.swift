/// What blocks said while another one was thinking, in the order in which the blocks began.
struct ConverseHeldBlocks {
    enum Piece {
        case start(id: String, name: String)
        case delta(ConverseDelta)

        /// Bytes, with what a piece takes beside its text.
        fileprivate var count: Int {
            switch self {
            case .start(let id, let name): id.utf8.count + name.utf8.count + 64
            case .delta(let delta): delta.textCount + 64
            }
        }
    }

    struct Block {
        let block: Int?
        var pieces: [Piece]
        var isClosed = false
    }

    private var blocks: [Block] = []
    private var count = 0

    /// Bytes.
    private static let mostHeld = 16 << 20

    mutating func append(_ piece: Piece, of block: Int?) throws(UpstreamFault) {
        count += piece.count
        guard count <= Self.mostHeld else { throw .malformed("Bedrock mixed too much into the model's thinking.") }
        if let place = blocks.lastIndex(where: { $0.block == block }) {
            blocks[place].pieces.append(piece)
        } else {
            guard blocks.count < ConverseBlocks.mostOpen else {
                throw .malformed("Bedrock began too many blocks at once.")
            }
            blocks.append(Block(block: block, pieces: [piece]))
        }
    }

    mutating func close(_ block: Int?) {
        if let place = blocks.lastIndex(where: { $0.block == block }) { blocks[place].isClosed = true }
    }

    mutating func next() -> Block? {
        guard !blocks.isEmpty else { return nil }
        let next = blocks.removeFirst()
        count -= next.pieces.reduce(0) { $0 + $1.count }
        return next
    }
}
