import Domain
import Providers
import Wire

/// What an upstream answers, whole or streamed: its events must not depend on how it is cut, and what a surface makes of
/// them must be of the surface's wire.
enum ReplyFuzzing {
    static func run(_ bytes: UnsafeRawBufferPointer) throws {
        guard var input = FuzzInput(bytes) else { return }
        let route = FuzzRoute.all[input.choose(of: FuzzRoute.all.count)]
        let codec = surfaces[input.choose(of: surfaces.count)]
        let chat = chat(&input)
        if chat.isStreamed, route.provider.rawValue.hasPrefix("bedrock"), input.choose(of: 2) == 0 {
            input.text = frames(of: input.text)
        }
        let reply = ReadReply(of: [input.text[...]], by: route.adapter.reader(for: chat))
        let inPieces = ReadReply(of: input.pieces.map { $0[...] }, by: route.adapter.reader(for: chat))
        try check(inPieces == reply, "The events depend on where the reply is cut.")
        chat.isStreamed
            ? try checkStream(codec.stream(of: reply, for: chat)) : try checkWhole(reply, on: codec, for: chat)
        if chat.isStreamed, let unframer = (route.adapter as? any PassingAdapter)?.unframer {
            try checkUnframed(input, by: unframer)
        }
        try checkFault(input.text, from: route.adapter)
        _ = input.text.withUnsafeBytes { try? codec.facts(ofWhole: $0) }
        try checkPacking(of: input.text)
    }

    static let surfaces: [any ChatCodec] = [OpenAIChatCodec(), ResponsesCodec(), AnthropicCodec()]

    /// What readers and writers go by.
    private static func chat(_ input: inout FuzzInput) -> ChatRequest {
        var chat = ChatRequest(model: "route", messages: [ChatMessage(role: .user, .text("Hi"))])
        chat.isStreamed = input.choose(of: 2) == 0
        chat.includesUsage = input.choose(of: 2) == 0
        chat.allowsParallelToolCalls = input.choose(of: 2) == 0 ? nil : false
        chat.callForm = input.choose(of: 2) == 0 ? .toolCalls : .functionCall
        chat.stop = input.choose(of: 2) == 0 ? [] : ["END"]
        return chat
    }

    /// Each line is a frame: its kind, an event's if nothing is said, its name, and behind a space its payload. What is named
    /// `chunk` holds the rest as Base64, as those of InvokeModel do.
    static func frames(of text: [UInt8]) -> [UInt8] {
        text.split(separator: UInt8(ascii: "\n")).flatMap { line in
            let words = line.split(separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(decoding: words[0].prefix(200), as: UTF8.self)
            return frame(named: name, words.count > 1 ? Array(words[1]) : []).encoded()
        }
    }

    private static func frame(named name: String, _ payload: [UInt8]) -> EventStreamMessage {
        let rest = String(name.dropFirst())
        let (type, headers): (String, [(String, EventStreamMessage.Value)]) =
            switch name.first {
            case "!": ("exception", [(":exception-type", .string(rest))])
            case "?": ("error", [(":error-code", .string(rest)), (":error-message", .string("Broken."))])
            default: ("event", [(":event-type", .string(name))])
            }
        let chunk: JSON = ["bytes": .string(Base64.encoded(payload)), "p": "abcd"]
        return EventStreamMessage(
            headers: headers + [(":message-type", .string(type))], payload: name == "chunk" ? chunk.bytes() : payload)
    }

    private static func checkUnframed(_ input: FuzzInput, by unframer: any StreamUnframer) throws {
        let whole = UnframedPieces(of: [input.text[...]], by: unframer)
        let inPieces = UnframedPieces(of: input.pieces.map { $0[...] }, by: unframer)
        let events = whole.pieces.flatMap { $0 }
        try check(
            inPieces.pieces.flatMap { $0 } == events && inPieces.fault == whole.fault,
            "What is in the frames depends on where they are cut.")
        try checkStream(events)
    }

    private static func checkStream(_ bytes: [UInt8]) throws {
        var reader = SSEReader()
        var isSound = true
        try bytes.withUnsafeBytes { bytes in
            try reader.receive(bytes) { (event: SSEEvent) throws(Never) in
                isSound = isSound && (isJSON(event.data) || event.data.elementsEqual("[DONE]".utf8))
            }
        }
        try check(isSound && reader.end().isEmpty, "A surface streams what is no event of its wire.")
    }

    private static func checkWhole(_ reply: ReadReply, on codec: any ChatCodec, for chat: ChatRequest) throws {
        guard reply.fault == nil else { return }
        var builder = codec.builder(RequestFuzzing.identity, for: chat)
        var bytes: [UInt8] = []
        for event in reply.events { builder.add(event) }
        do throws(ChatReplyUnwritable) { try builder.write(to: &bytes) } catch { return }
        try check((try? JSON(parsing: bytes)) != nil, "A surface answers with what is no JSON.")
    }

    /// Whatever vectors there are, what passes stays JSON when they are written as Base64.
    private static func checkPacking(of reply: [UInt8]) throws {
        let facts = reply.withUnsafeBytes { try? OpenAIEmbeddingsCodec().facts(ofWhole: $0) }
        guard let facts else { return }
        let packed = VectorPacking(of: reply, vectors: facts.vectors).run()
        try check(packed.withUnsafeBytes { isJSON($0) }, "Vectors as Base64 make a reply that is no JSON.")
    }

    private static func checkFault(_ body: [UInt8], from adapter: any TranslatingAdapter) throws {
        let fault = body.withUnsafeBytes { bytes in
            adapter.fault(of: FailedReply(status: 400 + bytes.count % 130, header: { _ in "1" }, body: bytes))
        }
        try check(400...599 ~= fault.status, "A fault has the status \(fault.status).")
    }
}
