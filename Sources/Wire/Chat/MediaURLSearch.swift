/// Looks through the whole of a request for each ``MediaURL``. It is slower than a scan, which tells when there is need.
///
/// It goes by the names of members wherever they stand, but for what callers make up themselves: a provider of the
/// caller's wire gets the body as it is, and may look in more places than are known here.
///
/// Sources: the request schemas of OpenAI's Chat Completions and Responses, and of Anthropic's Messages.
struct MediaURLSearch {
    private var scanner: JSONScanner
    private var found: [MediaURL] = []

    init(_ body: UnsafeRawBufferPointer) throws(JSONError) { scanner = try JSONScanner(body) }

    /// In the order of the text, and none of them in another.
    mutating func run() throws(JSONError) -> [MediaURL] {
        try members(isWhole: true)
        for index in found.indices { found[index].place = String(found[index].place.dropFirst()) }
        return found
    }

    private mutating func value() throws(JSONError) {
        switch try scanner.peek() {
        case .object: try members()
        case .array: try elements()
        default: _ = try scanner.skipValue()
        }
    }

    private mutating func elements() throws(JSONError) {
        var index = 0
        try scanner.enterArray()
        while try scanner.nextElement() {
            let known = found.count
            try value()
            prefix("[\(index)]", from: known)
            index += 1
        }
    }

    private mutating func members(isWhole: Bool = false) throws(JSONError) {
        let before = found.count
        var type: String?
        var hasName = false
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            let known = found.count
            let name = scanner.string(of: key)
            switch name {
            case "type": type = scanner.string(of: try scanner.skipValue())
            case "filename":
                hasName = true
                _ = try scanner.skipValue()
            case "image_url": try reference(.image)
            case "video_url", "audio_url": try reference(.other)
            case "file_data": try take(.document, mayBeBase64: true)
            case "file_url": try take(.document, ofMemberAt: key.range.lowerBound - 1)
            case "source": try source()
            case "input" where !isWhole: _ = try scanner.skipValue()
            case _ where Self.ofCallers.contains(name): _ = try scanner.skipValue()
            default: try value()
            }
            prefix(".\(name)", from: known)
        }
        complete(from: before, type: type, hasName: hasName)
    }

    /// Members with names in them that callers make up: schemas, arguments of calls (as is `input`, but for the request's
    /// own), and notes.
    private static let ofCallers: Set = [
        "parameters", "input_schema", "schema", "properties", "arguments", "input_examples", "metadata",
    ]

    /// What stands beside a member may come behind it.
    private mutating func complete(from start: Int, type: String?, hasName: Bool) {
        for index in start..<found.count {
            switch found[index].form {
            case .source where found[index].place == ".source.url":
                found[index].kind = type == "image" ? .image : type == "document" ? .document : .other
            case .fileURL(let range, _) where found[index].place == ".file_url":
                found[index].form = .fileURL(range, hasName: hasName)
            default: break
            }
        }
    }

    private mutating func prefix(_ place: @autoclosure () -> String, from start: Int) {
        guard start < found.count else { return }
        let place = place()
        for index in start..<found.count { found[index].place = place + found[index].place }
    }

    // MARK: Addresses

    /// On chat completions an object with a `url`, and on Responses that itself.
    private mutating func reference(_ kind: MediaURL.Kind) throws(JSONError) {
        guard try scanner.peek() == .object else { return try take(kind) }
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            guard scanner.string(of: key) == "url" else {
                _ = try scanner.skipValue()
                continue
            }
            let known = found.count
            try take(kind)
            prefix(".url", from: known)
        }
    }

    /// - Parameters:
    ///   - start: of the member, where all of it gives way.
    ///   - mayBeBase64: whether the content itself may stand there without a data URL around it.
    private mutating func take(
        _ kind: MediaURL.Kind, ofMemberAt start: Int? = nil, mayBeBase64: Bool = false
    ) throws(JSONError) {
        let value = try scanner.skipValue()
        guard isAddress(value, mayBeBase64), let url = scanner.string(of: value) else { return }
        let form: MediaURL.Form =
            start.map { .fileURL($0..<value.range.upperBound, hasName: false) } ?? .string(value.range)
        found.append(MediaURL(place: "", kind: kind, url: url, form: form))
    }

    /// A text in its place is the name of a source, which nobody fetches. In a source can be others, of its content.
    private mutating func source() throws(JSONError) {
        guard try scanner.peek() == .object else {
            _ = try scanner.skipValue()
            return
        }
        let start = scanner.position
        let before = found.count
        var url: String?
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            let name = scanner.string(of: key)
            if name == "url" {
                let value = try scanner.skipValue()
                if isAddress(value) { url = url ?? scanner.string(of: value) }
            } else {
                let known = found.count
                try value()
                prefix(".\(name)", from: known)
            }
        }
        guard let url else { return }
        found.removeSubrange(before...)
        found.append(MediaURL(place: ".url", kind: .other, url: url, form: .source(start..<scanner.position)))
    }

    /// Whether a value is neither empty nor the content itself. What is neither a data URL nor a sound address counts: some
    /// provider may make one of it.
    private func isAddress(_ value: JSONSpan, _ mayBeBase64: Bool = false) -> Bool {
        guard value.kind == .string, value.range.count > 2 else { return false }
        let range = value.range.lowerBound + 1..<value.range.upperBound - 1
        // A data URL can be long, and only its beginning is needed; unless that is written with escapes.
        let head = range.lowerBound..<min(range.upperBound, range.lowerBound + 64)
        let start =
            scanner.firstOffset(of: UInt8(ascii: "\\"), in: head) == nil
            ? Array(scanner.bytes(in: head)) : Array(scanner.unescapedBytes(range).prefix(64))
        // Base64 has no colon.
        if mayBeBase64, !start.contains(UInt8(ascii: ":")) { return false }
        return !start.prefix(5).map { $0 | 0x20 }.elementsEqual("data:".utf8.map { $0 | 0x20 })
    }
}
