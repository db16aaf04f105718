/// How one of the wires that clients speak is read and written. A value without state; what it makes may have some.
public protocol ChatCodec: Sendable {
    var wire: ChatWire { get }

    /// Reads a request whole.
    ///
    /// - Parameter ours: members of the gateway's own, which are left out.
    func request(
        _ body: UnsafeRawBufferPointer, leavingOut ours: Set<String>
    ) throws(ChatRequestError) -> ChatRequest

    /// The caller's own name for a parameter that an adapter names as ``TranslationError`` has it.
    func name(of parameter: String, in chat: ChatRequest, _ body: UnsafeRawBufferPointer) -> String

    func streamWriter(_ identity: ChatReplyIdentity, for chat: ChatRequest) -> any ChatStreamWriter
    func builder(_ identity: ChatReplyIdentity, for chat: ChatRequest) -> any ChatReplyBuilder

    /// Lets a stream of an upstream of the same wire through.
    func passage(for ask: ChatScan) -> any ChatStreamPassage
    /// What the books need of a whole reply of the same wire.
    ///
    /// - Throws: ``JSONError`` for anything but one JSON object.
    func facts(ofWhole reply: UnsafeRawBufferPointer) throws(JSONError) -> ChatReplyFacts

    /// What says on this wire that a stream is complete, where that isn't a part of the stream itself.
    var streamEnd: StaticString { get }

    func errorBody(_ error: ChatReplyError) -> [UInt8]
}

/// What every part of one reply shares.
public struct ChatReplyIdentity: Sendable {
    /// Of the request, 32 hex digits; each wire puts a prefix of its own before it.
    public let id: String
    /// Seconds since 1970.
    public let created: Int64
    /// The route's id.
    public let model: String

    public init(id: String, created: Int64, model: String) {
        self.id = id
        self.created = created
        self.model = model
    }
}

/// An error as a wire has it.
public struct ChatReplyError: Sendable {
    /// HTTP status.
    public let status: Int
    public let message: String
    /// The stable code.
    public let code: String
    /// The member at fault.
    public let parameter: String?
    /// The request's id.
    public let id: String

    public init(status: Int, message: String, code: String, parameter: String?, id: String) {
        self.status = status
        self.message = message
        self.code = code
        self.parameter = parameter
        self.id = id
    }
}

/// Writes events as a stream. It never invents a finish: what isn't among the events isn't in the stream.
public protocol ChatStreamWriter {
    mutating func write(_ event: ChatEvent, to bytes: inout [UInt8])
    /// Says that the stream breaks off. Nothing comes after that.
    mutating func fail(_ error: ChatReplyError, to bytes: inout [UInt8])
}

/// Gathers events into a reply that comes whole.
public protocol ChatReplyBuilder {
    mutating func add(_ event: ChatEvent)
    /// - Throws: ``ChatReplyUnwritable``
    func write(to bytes: inout [UInt8]) throws(ChatReplyUnwritable)
}

/// The events make no reply of the wire, such as a call whose arguments are no JSON where the wire has JSON.
public struct ChatReplyUnwritable: Error, Hashable, Sendable {
    /// A sentence, without content.
    public let reason: String

    public init(_ reason: String) { self.reason = reason }
}

/// What the books need of a reply.
public struct ChatReplyFacts: Sendable {
    public var usage: ChatUsage?
    public var model: String?
    /// What the reply says of its failure.
    public var error: String?
    /// Where embeddings stand that are arrays, in the order of the text.
    public var vectors: [Range<Int>]

    public init(
        usage: ChatUsage? = nil, model: String? = nil, error: String? = nil, vectors: [Range<Int>] = []
    ) {
        self.usage = usage
        self.model = model
        self.error = error
        self.vectors = vectors
    }
}

/// Lets a stream through event by event, and learns from it what the books need.
///
/// Events go on as they came, byte for byte; but what closes the stream stays here until the record is closed.
public protocol ChatStreamPassage {
    var usage: ChatUsage? { get }
    var model: String? { get }
    /// Whether a finish reason went through.
    var isFinished: Bool { get }
    /// How many events brought something. Where no usage comes, it is the best guess at the number of tokens.
    var pieceCount: Int { get }
    /// Whether what closes the stream came.
    var isDone: Bool { get }
    /// Whether the stream ended in the middle of an event.
    var isInsideEvent: Bool { get }

    /// Takes the next bytes, and appends the events that are complete now.
    mutating func receive(_ bytes: UnsafeRawBufferPointer, into out: inout [UInt8]) throws(ChatPassageFailure)
    /// The upstream's body is over.
    mutating func end()
    /// What closes the stream, as it came; empty where ``ChatCodec/streamEnd`` says it.
    var closing: [UInt8] { get }
    /// Says that the stream breaks off. Nothing comes after that.
    func fail(_ error: ChatReplyError, to bytes: inout [UInt8])
}

extension ChatStreamPassage {
    public var closing: [UInt8] { [] }
}

public enum ChatPassageFailure: Error, Hashable, Sendable {
    /// The upstream says that it failed, in its own words.
    case error(String)
    case malformed
    case tooLong(limit: Int)

    init(_ failure: SSEFailure<ChatPassageFailure>) {
        switch failure {
        case .eventTooLarge(let limit): self = .tooLong(limit: limit)
        case .event(let failure): self = failure
        }
    }
}
