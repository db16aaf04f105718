import Providers
import Wire

/// Makes the caller's bytes of the upstream's: whole or streamed, translated or passed on.
struct Relay {
    private var form: Form
    private let provider: String
    private(set) var usage: ChatUsage?
    private(set) var model: String?
    /// How many pieces of text and arguments a stream has brought.
    private(set) var pieceCount = 0

    /// What closes the stream once its record is closed.
    private(set) var closing: [UInt8] = []

    /// What is left to do at the end of a whole reply, in place of its bytes; nil nearly always.
    private(set) var packing: VectorPacking?

    /// Bytes that a reply which isn't streamed may have.
    private static let wholeLimit = 64 << 20

    /// While a form works it is taken out of its place: as long as a second reference held it, each change would copy
    /// its buffers.
    private enum Form {
        case atWork
        case passedWhole([UInt8])
        case passedStream(any ChatStreamPassage, (any StreamUnframer)?, toleratesMissingEnd: Bool)
        case translatedWhole(any ReplyReader, any ChatReplyBuilder)
        case translatedStream(any ReplyReader, any ChatStreamWriter)
    }

    private let codec: any ChatCodec
    private let packsVectors: Bool
    /// Puts originals back; nil where nothing was replaced.
    private var restorer: ReplyRestorer?
    private let isStreamed: Bool

    /// - Parameter translated: what was asked, and what reads the answer; nil where both are passed on.
    init(
        for ask: ChatScan, reading translated: (chat: ChatRequest, reader: any ReplyReader)?,
        from endpoint: BoundEndpoint,
        codec: any ChatCodec, restorer: ReplyRestorer?,
        identity: ChatReplyIdentity
    ) {
        provider = endpoint.facts.displayName
        self.codec = codec
        packsVectors = ask.wantsBase64
        self.restorer = restorer
        isStreamed = ask.isStreamed
        switch (translated, ask.isStreamed) {
        case (nil, false): form = .passedWhole([])
        case (nil, true):
            form = .passedStream(
                codec.passage(for: ask), endpoint.unframer, toleratesMissingEnd: endpoint.toleratesMissingEnd)
        case (let (chat, reader)?, false):
            form = .translatedWhole(reader, codec.builder(identity, for: chat))
        case (let (chat, reader)?, true):
            form = .translatedStream(reader, codec.streamWriter(identity, for: chat))
        }
    }

    /// Whether the caller gets the upstream's bytes as they come, though all at once.
    var passesWhole: Bool { if case .passedWhole = form { !packsVectors && restorer == nil } else { false } }

    /// Whether nothing more is to come that matters.
    var isDone: Bool {
        if case .passedStream(let passage, _, _) = form { passage.isDone } else { false }
    }

    /// Whether a stream hasn't come to its finish: counts that came before are those of its beginning. Where a stream is
    /// translated, counts come at its end only.
    var isCutShort: Bool { if case .passedStream(let passage, _, _) = form { !passage.isFinished } else { false } }

    /// Appends to `out` what may go to the caller now. What was appended before a throw may go.
    mutating func receive(_ bytes: UnsafeRawBufferPointer, into out: inout [UInt8]) throws(UpstreamFault) {
        guard restorer != nil else { return try take(bytes, into: &out) }
        var made: [UInt8] = []
        defer { restorer?.receive(events: made, into: &out) }
        try take(bytes, into: &made)
    }

    private mutating func take(_ bytes: UnsafeRawBufferPointer, into out: inout [UInt8]) throws(UpstreamFault) {
        switch form {
        case .atWork: break
        case .passedWhole(var body):
            form = .atWork
            guard body.count + bytes.count <= Self.wholeLimit else {
                throw .malformed("Its reply is longer than \(Self.wholeLimit) bytes.")
            }
            body.append(contentsOf: bytes)
            form = .passedWhole(body)
        case .passedStream(var passage, var unframer, let tolerates):
            form = .atWork
            defer {
                usage = passage.usage
                model = passage.model
                pieceCount = passage.pieceCount
                form = .passedStream(passage, unframer, toleratesMissingEnd: tolerates)
            }
            guard unframer != nil else { return try Self.pass(bytes, &passage, into: &out) }
            try Self.pass(bytes, outOf: &unframer, &passage, into: &out)
        case .translatedWhole(var reader, var builder):
            form = .atWork
            defer { form = .translatedWhole(reader, builder) }
            try translate(bytes, by: &reader) { builder.add($0) }
        case .translatedStream(var reader, var writer):
            form = .atWork
            defer { form = .translatedStream(reader, writer) }
            try translate(bytes, by: &reader) { writer.write($0, to: &out) }
        }
    }

    /// Appends the end of the reply, unless there is ``packing`` to be done; see ``ChatCodec/streamEnd``.
    ///
    /// - Throws: when the reply isn't complete: its closing event, its finish reason or its end is missing.
    mutating func end(into out: inout [UInt8]) throws(UpstreamFault) {
        guard restorer != nil else { return try finish(into: &out) }
        var made: [UInt8] = []
        do throws(UpstreamFault) {
            try finish(into: &made)
        } catch {
            // What a stream said before it broke is the caller's.
            if isStreamed { restorer?.receive(events: made, into: &out) }
            throw error
        }
        guard isStreamed else {
            restorer?.restore(reply: made, into: &out)
            return
        }
        restorer?.receive(events: made, into: &out)
        restorer?.end(into: &out)
        var restored: [UInt8] = []
        restorer?.receive(events: closing, into: &restored)
        closing = restored
    }

    private mutating func finish(into out: inout [UInt8]) throws(UpstreamFault) {
        switch form {
        case .atWork: throw .truncated(provider)
        case .passedWhole(let body):
            let facts: ChatReplyFacts
            do {
                facts = try body.withUnsafeBytes { bytes in
                    Result { () throws(JSONError) in try codec.facts(ofWhole: bytes) }
                }.get()
            } catch {
                throw .malformed("Its reply is not JSON.")
            }
            if let message = facts.error { throw UpstreamFault(.upstream, status: 502, message: message) }
            usage = facts.usage
            model = facts.model
            if packsVectors, !facts.vectors.isEmpty {
                packing = VectorPacking(of: body, vectors: facts.vectors)
            } else {
                out.append(contentsOf: body)
            }
        case .passedStream(var passage, let unframer, let toleratesMissingEnd):
            try unframer?.end()
            passage.end()
            let isWhole = passage.isFinished && (passage.isDone || toleratesMissingEnd) && !passage.isInsideEvent
            guard isWhole else { throw .truncated(provider) }
            closing = passage.closing
        case .translatedWhole(var reader, var builder):
            try finish(&reader) { builder.add($0) }
            do throws(ChatReplyUnwritable) { try builder.write(to: &out) } catch { throw .malformed(error.reason) }
        case .translatedStream(var reader, var writer):
            try finish(&reader) { writer.write($0, to: &out) }
        }
        if closing.isEmpty { closing.append(codec.streamEnd) }
    }

    /// Says in the stream that it breaks off.
    mutating func fail(_ error: ChatReplyError, into out: inout [UInt8]) {
        restorer?.end(into: &out)
        var last: [UInt8] = []
        switch form {
        case .passedStream(let passage, _, _): passage.fail(error, to: &last)
        case .translatedStream(_, var writer): writer.fail(error, to: &last)
        case .atWork, .passedWhole, .translatedWhole: break
        }
        guard restorer != nil else { return out.append(contentsOf: last) }
        restorer?.receive(events: last, into: &out)
    }

    private static func pass(
        _ bytes: UnsafeRawBufferPointer, _ passage: inout any ChatStreamPassage, into out: inout [UInt8]
    ) throws(UpstreamFault) {
        do throws(ChatPassageFailure) { try passage.receive(bytes, into: &out) } catch { throw UpstreamFault(error) }
    }

    /// The same where frames are around what passes.
    private static func pass(
        _ bytes: UnsafeRawBufferPointer, outOf unframer: inout (any StreamUnframer)?,
        _ passage: inout any ChatStreamPassage, into out: inout [UInt8]
    ) throws(UpstreamFault) {
        var events: [UInt8] = []
        var fault: UpstreamFault?
        do throws(UpstreamFault) { try unframer?.receive(bytes, into: &events) } catch { fault = error }
        // What came before a fault passes.
        try events.withUnsafeBufferPointer { events throws(UpstreamFault) in
            try pass(UnsafeRawBufferPointer(events), &passage, into: &out)
        }
        if let fault { throw fault }
    }

    private mutating func translate(
        _ bytes: UnsafeRawBufferPointer, by reader: inout any ReplyReader, _ take: (ChatEvent) -> Void
    ) throws(UpstreamFault) {
        var events: [ChatEvent] = []
        defer { learn(events, take) }
        try reader.receive(bytes, into: &events)
    }

    private mutating func finish(
        _ reader: inout any ReplyReader, _ take: (ChatEvent) -> Void
    ) throws(UpstreamFault) {
        var events: [ChatEvent] = []
        try reader.end(into: &events)
        guard events.contains(.ended) else { throw .truncated(provider) }
        learn(events, take)
    }

    private mutating func learn(_ events: [ChatEvent], _ take: (ChatEvent) -> Void) {
        for event in events {
            switch event {
            case .usage(let counts): usage = counts
            case .started(_, let name): model = name ?? model
            case .text, .reasoning, .toolCallArguments: pieceCount += 1
            default: break
            }
            take(event)
        }
    }
}

extension UpstreamFault {
    init(_ failure: ChatPassageFailure) {
        switch failure {
        case .error(let message): self.init(.upstream, status: 502, message: message)
        case .malformed: self = .malformed("A chunk of its stream is not JSON.")
        case .tooLong(let limit): self = .malformed("A chunk of its stream is longer than \(limit) bytes.")
        }
    }
}
