/// A part of a request that says where its content is, in place of the content.
public struct MediaURL: Sendable {
    public enum Kind: Sendable {
        case image, document
        /// Video, sound, or what nobody here knows.
        case other
    }

    /// Such as `messages[0].content[1].image_url.url`.
    public internal(set) var place: String
    public internal(set) var kind: Kind
    /// As its caller wrote it, escapes resolved.
    public let url: String
    var form: Form

    /// What of the text gives way to the content.
    enum Form: Sendable {
        /// A string, its quotes included, that may as well be a data URL.
        case string(Range<Int>)
        /// Of the Messages wire: the whole `source`.
        case source(Range<Int>)
        /// Of Responses: a member `file_url`, from its key's quote on.
        case fileURL(Range<Int>, hasName: Bool)

        var range: Range<Int> {
            switch self {
            case .string(let range), .source(let range), .fileURL(let range, _): range
            }
        }
    }

    /// Whether a key may have such an address in its value. The bytes are those of a key without escapes.
    @inline(__always)
    static func mayStand(under key: UnsafeRawBufferPointer, on wire: ChatWire) -> Bool {
        switch key.count {
        // Elsewhere it stands in a member of another of these names.
        case 3: wire.isAnthropic && key.is("url")
        case 8: key.is("file_url")
        case 9: key.is("image_url") || key.is("file_data") || key.is("video_url") || key.is("audio_url")
        default: false
        }
    }
}

extension MediaURL: Unprintable {}

extension ChatScan {
    /// The parts of the request that say where their content is. Nothing is looked through unless a key says that there
    /// may be any.
    ///
    /// - Parameter body: the text that was scanned. Of an outline, long addresses are cut short.
    public func mediaURLs(in body: UnsafeRawBufferPointer) throws(ChatRequestError) -> [MediaURL] {
        guard mayNameURLs else { return [] }
        return try Self.mediaURLs(in: body)
    }

    /// The same of a text that was scanned before.
    public static func mediaURLs(in body: UnsafeRawBufferPointer) throws(ChatRequestError) -> [MediaURL] {
        do throws(JSONError) {
            var search = try MediaURLSearch(body)
            return try search.run()
        } catch {
            throw .json(error)
        }
    }
}
