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

    /// Bytes that a reply which isn't streamed may have.
    private static let wholeLimit = 64 << 20

    /// While a form works it is taken out of its place: as long as a second reference held it, each change would copy
    /// its buffers.
    private enum Form {
        case atWork
        case passedWhole([UInt8])
        case passedStream(OpenAIStreamPassage, toleratesMissingDone: Bool)
        case translatedWhole(any ReplyReader, OpenAICompletionBuilder, OpenAIReplyIdentity)
        case translatedStream(any ReplyReader, OpenAIChunkWriter)
    }

    /// - Parameter chat: what was asked, where it was translated.
    init(for ask: ChatScan, _ chat: ChatRequest?, binding: RouteBinding, identity: OpenAIReplyIdentity) {
        provider = binding.facts.displayName
        let chat = chat ?? ChatRequest(model: "", messages: [])
        switch (binding.adapter, ask.isStreamed) {
        case (.passing, false):
            form = .passedWhole([])
        case (.passing(let adapter), true):
            form = .passedStream(
                OpenAIStreamPassage(passesUsage: ask.includesUsage), toleratesMissingDone: adapter.toleratesMissingDone)
        case (.translating(let adapter), false):
            form = .translatedWhole(adapter.reader(for: chat), OpenAICompletionBuilder(), identity)
        case (.translating(let adapter), true):
            form = .translatedStream(
                adapter.reader(for: chat), OpenAIChunkWriter(identity, includesUsage: ask.includesUsage))
        }
    }

    /// Whether nothing more is to come that matters.
    var isDone: Bool {
        if case .passedStream(let passage, _) = form { passage.isDone } else { false }
    }

    /// Appends to `out` what may go to the caller now. What was appended before a throw may go.
    mutating func receive(_ bytes: UnsafeRawBufferPointer, into out: inout [UInt8]) throws(UpstreamFault) {
        switch form {
        case .atWork: break
        case .passedWhole(var body):
            form = .atWork
            guard body.count + bytes.count <= Self.wholeLimit else {
                throw .malformed("Its reply is longer than \(Self.wholeLimit) bytes.")
            }
            body.append(contentsOf: bytes)
            form = .passedWhole(body)
        case .passedStream(var passage, let tolerates):
            form = .atWork
            defer {
                usage = passage.usage
                model = passage.model
                pieceCount = passage.pieceCount
                form = .passedStream(passage, toleratesMissingDone: tolerates)
            }
            do throws(OpenAIStreamPassage.Failure) { try passage.receive(bytes, into: &out) } catch {
                throw UpstreamFault(error)
            }
        case .translatedWhole(var reader, var builder, let identity):
            form = .atWork
            defer { form = .translatedWhole(reader, builder, identity) }
            try translate(bytes, by: &reader) { builder.add($0) }
        case .translatedStream(var reader, var writer):
            form = .atWork
            defer { form = .translatedStream(reader, writer) }
            try translate(bytes, by: &reader) { writer.write($0, to: &out) }
        }
    }

    /// Appends the end of the reply, `[DONE]` excepted.
    ///
    /// - Throws: when the reply isn't complete: its closing event, its finish reason or its end is missing.
    mutating func end(into out: inout [UInt8]) throws(UpstreamFault) {
        switch form {
        case .atWork: throw .truncated(provider)
        case .passedWhole(let body):
            let scan: OpenAIReplyScan
            do {
                scan = try body.withUnsafeBytes { bytes in
                    Result { () throws(JSONError) in try OpenAIReplyScan(bytes) }
                }.get()
            } catch {
                throw .malformed("Its reply is not JSON.")
            }
            if let message = scan.error { throw UpstreamFault(.upstream, status: 502, message: message) }
            usage = scan.usage
            model = scan.model
            out.append(contentsOf: body)
        case .passedStream(var passage, let toleratesMissingDone):
            passage.end()
            let isWhole = passage.isFinished && (passage.isDone || toleratesMissingDone) && !passage.isInsideEvent
            guard isWhole else { throw .truncated(provider) }
        case .translatedWhole(var reader, var builder, let identity):
            try finish(&reader) { builder.add($0) }
            builder.write(identity, to: &out)
        case .translatedStream(var reader, var writer):
            try finish(&reader) { writer.write($0, to: &out) }
        }
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
    init(_ failure: OpenAIStreamPassage.Failure) {
        switch failure {
        case .error(let message): self.init(.upstream, status: 502, message: message)
        case .malformed: self = .malformed("A chunk of its stream is not JSON.")
        case .tooLong(let limit): self = .malformed("A chunk of its stream is longer than \(limit) bytes.")
        }
    }
}
