import Domain
import Wire

/// The parts of a message.
extension ConverseConversation {
    /// Blank texts are left out: Converse refuses them, and they say nothing.
    ///
    /// - Parameter areResults: whether the message is one tool's result, whose content stands in the message itself.
    mutating func blocks(
        of parts: [ChatPart], at message: String, areResults: Bool = false
    ) throws(TranslationError) -> [Block] {
        var blocks: [Block] = []
        var callCount = 0
        for (index, part) in parts.enumerated() {
            var place = areResults ? message : "\(message).content[\(index)]"
            if case .toolCall = part.content {
                place = "\(message).tool_calls[\(callCount)]"
                callCount += 1
            }
            let notes = try ConverseNotes(part, at: place)
            blocks += try self.blocks(of: part.content, notes, at: place)
            if model.cachesPrompts, let point = notes.cachePoint { blocks.append(.cachePoint(point)) }
        }
        return blocks
    }

    private mutating func blocks(
        of content: ChatContent, _ notes: ConverseNotes, at place: String
    ) throws(TranslationError) -> [Block] {
        switch content {
        case .text(let text), .refusal(let text): return text.allSatisfy(\.isWhitespace) ? [] : [.text(text)]
        // `detail` trades quality for cost; without a counterpart the model sees all there is.
        case .image(let media, detail: _): return [try image(media, at: "\(place).image_url")]
        case .file(let media, let name):
            return [.document(try document(media, name: name, notes, at: "\(place).file"))]
        case .audio(let base64, let format):
            guard model.capabilities.modalities.contains("audio") else {
                throw .unsupportedByBedrock("\(place).input_audio")
            }
            return [.audio(format: format, base64: base64)]
        case .reasoning(let thinking): return Self.blocks(of: thinking)
        case .toolCall(let call): return [try block(of: call, at: place)]
        case .toolResult(let result): return try blocks(of: result, at: place)
        case .native(let value): throw .unsupportedByBedrock("\(place).\(value["type"]?.string ?? "type")")
        }
    }

    /// What another provider's model thought, or what can't be proved, is left out: Bedrock would refuse the request, and
    /// a model needs only its own thoughts back. Bedrock's own signatures are Base64.
    private static func blocks(of thinking: ChatReasoningContent) -> [Block] {
        switch thinking {
        case .text(let text, let signature?) where signature.isBase64: [.reasoning(text: text, signature: signature)]
        case .redacted(let data) where data.isBase64: [.redactedReasoning(data)]
        case .text, .redacted: []
        }
    }

    private func image(_ media: ChatMedia, at place: String) throws(TranslationError) -> Block {
        let (_, base64) = try inline(media, at: place, example: "data:image/png;base64,…")
        guard let format = Self.imageFormat(base64) else {
            throw TranslationError(
                .invalid, parameter: place, "The image is none of PNG, JPEG, GIF and WebP, which this route takes.")
        }
        return .image(format: format, base64: base64)
    }

    private mutating func document(
        _ media: ChatMedia, name: String?, _ notes: ConverseNotes, at place: String
    ) throws(TranslationError) -> ConverseDocument {
        let (mediaType, base64) = try inline(media, at: place, example: "data:application/pdf;base64,…")
        guard let format = ConverseDocument.format(mediaType: mediaType, name: name, base64: base64) else {
            let formats = ConverseDocument.formats.joined(separator: ", ")
            throw TranslationError(
                .invalid, parameter: place,
                "The file's format isn't known by its media type or name. This route takes \(formats).")
        }
        let name = ConverseDocument.name(name ?? notes.title ?? "", besides: documentNames)
        documentNames.insert(name)
        return ConverseDocument(format: format, name: name, base64: base64, context: notes.context)
    }

    private func inline(
        _ media: ChatMedia, at place: String, example: String
    ) throws(TranslationError) -> (mediaType: String, base64: String) {
        switch media {
        case .inline(let mediaType, let base64): return (mediaType, base64)
        // Nobody but the caller may fetch it: the address could lead anywhere, also into our own network.
        case .url:
            throw TranslationError(
                .invalid, parameter: place,
                "This route fetches nothing from the web. Send the content itself as a data URL, such as '\(example)'.")
        case .uploaded: throw .unsupportedByBedrock("\(place).file_id")
        }
    }

    /// By the first bytes, because the media type is only what the sender believes, and Bedrock refuses a wrong one.
    private static func imageFormat(_ base64: String) -> String? {
        let start = firstBytes(base64)
        if start.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return "png" }
        if start.starts(with: [0xFF, 0xD8, 0xFF]) { return "jpeg" }
        if start.starts(with: Array("GIF8".utf8)) { return "gif" }
        if start.starts(with: Array("RIFF".utf8)), start.dropFirst(8).starts(with: Array("WEBP".utf8)) { return "webp" }
        return nil
    }

    /// The first twelve bytes that a Base64 text stands for.
    static func firstBytes(_ base64: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        for (index, character) in base64.utf8.prefix(16).enumerated() {
            guard let value = sextet(character) else { break }
            bits = bits << 6 | value
            let bitCount = index % 4 * 2
            if bitCount > 0 { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(6 - bitCount))) }
        }
        return bytes
    }

    private static func sextet(_ character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
