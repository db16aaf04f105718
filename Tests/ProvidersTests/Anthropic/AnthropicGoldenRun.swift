import Domain
import Providers
import Testing
import Wire

/// What happens to a case of the fixtures, in the form in which the file has it.
struct AnthropicGoldenRun {
    let golden: AnthropicGoldenCase

    /// The request's target and body; or why it is refused.
    func request() throws -> JSON {
        do {
            let request = try golden.adapter().request(
                for: golden.chat(), credential: .none, at: Timestamp(seconds: 1_795_335_391))
            guard case .bytes(let body) = request.body else { return "a translated body is made of bytes" }
            let head = String(decoding: request.head, as: UTF8.self).split(separator: "\r\n")
            return [
                "target": .string(String(head.first?.split(separator: " ")[1] ?? "")), "body": try JSON(parsing: body),
            ]
        } catch let error as TranslationError {
            return ["refusal": ["kind": .string("\(error.kind)"), "parameter": .string(error.parameter)]]
        } catch let error as ChatRequestError {
            return ["refusal": ["kind": "request", "parameter": .string(error.parameter)]]
        }
    }

    /// What the client gets for the upstream's reply.
    func clientReply() throws -> JSON {
        let adapter = try golden.adapter()
        let body = golden.replyBody()
        if golden.isFailure { return ["fault": Self.form(fault(of: body, adapter))] }
        let chat = try golden.chat()
        var outcome = AnthropicReading(adapter.reader(for: chat))
        outcome.receive(body[...])
        outcome.end()
        var result = try written(outcome.events, for: chat)
        if let fault = outcome.fault { result["fault"] = Self.form(fault) }
        return .object(result)
    }

    private func fault(of body: [UInt8], _ adapter: any TranslatingAdapter) -> UpstreamFault {
        body.withUnsafeBytes { bytes in
            adapter.fault(
                of: FailedReply(
                    status: golden.reply?["status"]?.int ?? 0,
                    header: { golden.reply?["headers"]?[$0]?.string }, body: bytes))
        }
    }

    private static func form(_ fault: UpstreamFault) -> JSON {
        [
            "cause": .string(fault.cause.rawValue), "status": JSON(fault.status), "message": .string(fault.message),
            "retry_after": fault.retryAfter.map { .string($0) } ?? .null,
        ]
    }

    private func written(_ events: [ChatEvent], for chat: ChatRequest) throws -> JSONObject {
        switch (golden.isAnthropicClient, chat.isStreamed) {
        case (false, false):
            guard events.last == .ended else { return [:] }
            var builder = OpenAICompletionBuilder(Self.openAI)
            for event in events { builder.add(event) }
            var bytes: [UInt8] = []
            builder.write(to: &bytes)
            return ["body": try JSON(parsing: bytes)]
        case (true, false):
            guard events.last == .ended else { return [:] }
            var builder = AnthropicMessageBuilder()
            for event in events { builder.add(event) }
            var bytes: [UInt8] = []
            try builder.write(Self.anthropic, to: &bytes)
            return ["body": try JSON(parsing: bytes)]
        case (false, true):
            var writer = OpenAIChunkWriter(Self.openAI, includesUsage: chat.includesUsage)
            var bytes: [UInt8] = []
            for event in events { writer.write(event, to: &bytes) }
            return ["stream": try Self.data(in: bytes)]
        case (true, true):
            var writer = AnthropicStreamWriter(Self.anthropic)
            var bytes: [UInt8] = []
            for event in events { writer.write(event, to: &bytes) }
            if events.last == .ended { bytes += AnthropicStreamWriter.closing }
            return ["stream": try Self.data(in: bytes)]
        }
    }

    private static let openAI = ChatReplyIdentity(id: "1", created: 1_795_335_391, model: "route")
    private static let anthropic = AnthropicReplyIdentity(id: "msg_1", model: "route")

    /// The data of the events. An event of Anthropic's wire has a name, which must be its type.
    private static func data(in bytes: [UInt8]) throws -> JSON {
        var reader = SSEReader()
        var data: [JSON] = []
        try bytes.withUnsafeBytes { bytes in
            try reader.receive(bytes) { event in
                let value = try JSON(event.data)
                if !event.name.isEmpty { #expect(value["type"]?.string == String(decoding: event.name, as: UTF8.self)) }
                data.append(value)
            }
        }
        #expect(reader.end().isEmpty)
        return .array(data)
    }
}

/// A reader at work, until it fails.
struct AnthropicReading {
    private var reader: any ReplyReader
    private(set) var events: [ChatEvent] = []
    private(set) var fault: UpstreamFault?

    init(_ reader: any ReplyReader) { self.reader = reader }

    mutating func receive(_ piece: ArraySlice<UInt8>) {
        guard fault == nil else { return }
        do throws(UpstreamFault) {
            try Array(piece).withUnsafeBufferPointer { bytes throws(UpstreamFault) in
                try reader.receive(UnsafeRawBufferPointer(bytes), into: &events)
            }
        } catch {
            fault = error
        }
    }

    func isSame(as other: AnthropicReading) -> Bool { events == other.events && fault == other.fault }

    mutating func end() {
        guard fault == nil else { return }
        do throws(UpstreamFault) { try reader.end(into: &events) } catch { fault = error }
    }
}

extension ChatRequestError {
    var parameter: String {
        switch self {
        case .json: "body"
        case .missing(let name), .type(let name, _), .value(let name, _), .repeated(let name), .escaped(let name),
            .unknown(let name), .notOffered(let name, _):
            name
        }
    }
}
