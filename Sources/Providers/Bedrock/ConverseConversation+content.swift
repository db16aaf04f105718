import Wire

/// The parts of a message.
extension ConverseConversation {
    /// Blank texts are left out: Converse refuses them, and they say nothing.
    mutating func blocks(of parts: [ChatPart], at place: String) throws(TranslationError) -> [Block] {
        var blocks: [Block] = []
        var callCount = 0
        for (index, part) in parts.enumerated() {
            if case .toolCall(let call) = part.content {
                let place = "\(place).tool_calls[\(callCount)]"
                try refuseExtensions(of: part, at: place)
                blocks.append(try block(of: call, at: place))
                callCount += 1
            } else {
                let place = "\(place).content[\(index)]"
                try refuseExtensions(of: part, at: place)
                blocks += try self.blocks(of: part.content, at: place)
            }
        }
        return blocks
    }

    private func refuseExtensions(of part: ChatPart, at place: String) throws(TranslationError) {
        for member in part.extensions.members where !member.value.asksForNothing {
            throw .unsupportedByBedrock("\(place).\(member.key)")
        }
    }

    private mutating func blocks(of content: ChatContent, at place: String) throws(TranslationError) -> [Block] {
        switch content {
        case .text(let text), .refusal(let text): return text.allSatisfy(\.isWhitespace) ? [] : [.text(text)]
        // `detail` trades quality for cost; without a counterpart the model sees all there is.
        case .image(let media, detail: _): return [try image(media, at: "\(place).image_url")]
        case .file(let media, let name): return [.document(try document(media, name: name, at: "\(place).file"))]
        case .audio: throw .unsupportedByBedrock("\(place).input_audio")
        case .reasoning(.text(let text, let signature?)): return [.reasoning(text: text, signature: signature)]
        case .reasoning(.text(_, signature: nil)): return []
        case .reasoning(.redacted(let data)): return [.redactedReasoning(data)]
        case .toolCall(let call): return [try block(of: call, at: place)]
        case .toolResult(let result): return try blocks(of: result, at: place)
        case .native(let value): throw .unsupportedByBedrock("\(place).\(value["type"]?.string ?? "type")")
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
        _ media: ChatMedia, name: String?, at place: String
    ) throws(TranslationError) -> ConverseDocument {
        let (mediaType, base64) = try inline(media, at: place, example: "data:application/pdf;base64,…")
        guard let format = ConverseDocument.format(mediaType: mediaType, name: name, base64: base64) else {
            let formats = ConverseDocument.formats.joined(separator: ", ")
            throw TranslationError(
                .invalid, parameter: place,
                "The file's format isn't known by its media type or name. This route takes \(formats).")
        }
        let name = ConverseDocument.name(name ?? "", besides: documentNames)
        documentNames.insert(name)
        return ConverseDocument(format: format, name: name, base64: base64)
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
