/// Lets a stream of the Responses wire through event by event, and learns from it what the books need.
///
/// Events go on as they came, with two exceptions: the one that ends the response stays here until the record is closed,
/// and one that says that the upstream failed is told by the gateway in its own words. Comments before the first event
/// wait for it.
public struct ResponsesStreamPassage: Sendable {
    public var usage: ChatUsage? { state.usage }
    public var model: String? { state.model }
    /// The response's id; lifecycle events that the gateway adds must have the same.
    public var id: String? { state.id }
    /// Whether the event that says how the response ended went through.
    public var isFinished: Bool { state.isFinished }
    /// How many events brought a piece of something. Where no usage comes, it is the best guess at the number of tokens.
    public var pieceCount: Int { state.pieceCount }
    /// Whether nothing more is to come. On this wire that is the same event.
    public var isDone: Bool { state.isFinished }
    /// What the number of the next event would be.
    public var nextSequenceNumber: Int { state.nextSequenceNumber }
    /// Whether the stream ended in the middle of an event.
    public private(set) var isInsideEvent = false

    public typealias Failure = ChatPassageFailure
    /// The event that says how the response ended, as it came; it stays here until the record is closed.
    public var closing: [UInt8] { state.closing }

    private var state = State()
    private var reader: SSEReader

    /// - Parameter limit: bytes that one event may have. The last one holds the whole response.
    public init(limit: Int = 64 << 20) {
        reader = SSEReader(limit: limit, blocksWithoutData: .offered)
    }

    /// Takes the next bytes, and appends the events that are complete now.
    public mutating func receive(_ bytes: UnsafeRawBufferPointer, into out: inout [UInt8]) throws(Failure) {
        var state = state
        defer { self.state = state }
        do throws(SSEFailure<Failure>) {
            try reader.receive(bytes) { event throws(Failure) in
                if event.data.isEmpty, state.early.keep(event.block + [0x0A]) { return }
                guard try state.isPassed(event) else { return }
                state.early.release(into: &out)
                out.append(contentsOf: event.block)
                out.append("\n")
            }
        } catch {
            throw ChatPassageFailure(error)
        }
    }

    /// The stream is over.
    public mutating func end() {
        isInsideEvent = !reader.end().allSatisfy { $0 == 0x0A || $0 == 0x0D }
    }

    private struct State {
        var usage: ChatUsage?
        var model: String?
        var id: String?
        var early = EarlyComments()
        var isFinished = false
        var pieceCount = 0
        var nextSequenceNumber = 0
        var closing: [UInt8] = []

        /// Whether an event goes on to the caller.
        mutating func isPassed(_ event: SSEEvent) throws(Failure) -> Bool {
            // Comments go on; a mark of the chat wire, which some servers add, has no place here.
            guard !event.data.isEmpty else { return true }
            guard !event.data.starts(with: "[DONE]".utf8) else { return false }
            let scan: ResponsesReplyScan
            do throws(JSONError) { scan = try ResponsesReplyScan(event.data) } catch { throw .malformed }
            usage = scan.usage ?? usage
            if model == nil, let name = scan.model, !name.isEmpty { model = name }
            id = id ?? scan.id
            if let number = scan.sequenceNumber, number < Int.max { nextSequenceNumber = number + 1 }
            if let error = scan.error { throw .error(error) }
            let isTerminal = scan.type == "response.completed" || scan.type == "response.incomplete"
            guard !isTerminal else {
                isFinished = true
                closing = event.block + [UInt8(ascii: "\n")]
                return false
            }
            if scan.type?.hasSuffix(".delta") ?? false { pieceCount += 1 }
            return true
        }
    }
}
