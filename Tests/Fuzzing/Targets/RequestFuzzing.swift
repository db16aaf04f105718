import Domain
import Providers
import Wire

/// A body on one of the callers' wires: what the scan finds in it the decoder must find, what passes must still be JSON with
/// the upstream's model in it, and what is translated must be JSON too.
enum RequestFuzzing {
    static func run(_ bytes: UnsafeRawBufferPointer) throws {
        guard var input = FuzzInput(bytes) else { return }
        let codec = codecs[input.choose(of: codecs.count)]
        let route = FuzzRoute.all[input.choose(of: FuzzRoute.all.count)]
        try run(input.text, codec, to: route)
        // What is counted is asked as a message is.
        if codec.wire == .anthropicMessages { try run(input.text, AnthropicTokenCountCodec(), to: route) }
    }

    private static func run(_ text: [UInt8], _ codec: any ChatCodec, to route: FuzzRoute) throws {
        let scan = text.withUnsafeBytes { try? ChatScan($0, of: codec.wire) }
        if let scan { try checkPassage(of: text, scan, to: route.adapter) }
        let chat = text.withUnsafeBytes { try? codec.request($0, leavingOut: ours) }
        guard let chat else { return }
        if let scan {
            try check(scan.model == chat.model, "The scan and the decoder find two models.")
            try check(scan.isStreamed == chat.isStreamed, "Only one of scan and decoder finds a stream.")
        }
        try checkTranslation(
            of: chat, by: codec.wire == .anthropicTokenCount ? route.adapter.tokenCounter : route.adapter)
        _ = codec.streamWriter(identity, for: chat)
    }

    static let codecs: [any ChatCodec] = [
        OpenAIChatCodec(), ResponsesCodec(), AnthropicCodec(), OpenAIEmbeddingsCodec(),
    ]
    static let identity = ChatReplyIdentity(id: "1", created: 1_700_000_000, model: "route")
    private static let ours: Set<String> = ["allow_fallbacks", "pii_substitution", "privacy_tier"]

    private static func checkTranslation(of chat: ChatRequest, by translator: (any UpstreamTranslator)?) throws {
        guard let translator else { return }
        let request: UpstreamRequest
        do throws(TranslationError) {
            request = try translator.request(for: chat, credential: .bearer("k-1"), at: Timestamp(seconds: 0))
        } catch {
            return
        }
        guard case .bytes(let body) = request.body else { throw Disagreement("A translated body is no bytes.") }
        do {
            _ = try JSON(parsing: body)
        } catch {
            throw Disagreement("A translated body is no JSON: \(error)")
        }
    }

    private static func checkPassage(of text: [UInt8], _ scan: ChatScan, to adapter: any TranslatingAdapter) throws {
        guard let edits = (adapter as? any PassingAdapter)?.edits(passing: scan.wire)?.adding(betas: "a-1,b-2") else {
            return
        }
        var splice = SplicedText(text)
        text.withUnsafeBytes { scan.splice(edits, of: $0, into: &splice) }
        try check(splice.text.withUnsafeBytes { isJSON($0) }, "What passes is no JSON.")
        // Keys that come twice pass to the upstream as they came.
        guard let passed = try? JSON(parsing: splice.text) else { return }
        for name in ours { try check(passed[name] == nil, "A member of ours passes.") }
        if edits.betas != nil { try check(passed["anthropic_beta"] != nil, "What is in trial isn't told.") }
        if case .replaced(let model) = edits.model {
            try check(passed["model"]?.string == model, "Another model passes than the route's.")
        } else {
            try check(passed["model"] == nil, "A model passes where the path has it.")
        }
    }
}

/// A text as it is edited.
private struct SplicedText: SpliceEdits {
    private let original: [UInt8]
    private(set) var text: [UInt8] = []

    init(_ original: [UInt8]) { self.original = original }

    mutating func keep(_ range: Range<Int>) { text += original[range] }
    mutating func insert(_ bytes: [UInt8]) { text += bytes }
}
