/// What was found where a ``MediaURL`` points.
public struct MediaContent: Sendable {
    public let type: MediaType
    let bytes: [UInt8]

    /// Nil where it is none of the kinds there are.
    public init?(_ bytes: [UInt8]) {
        guard let type = MediaType(bytes) else { return nil }
        self.type = type
        self.bytes = bytes
    }

    /// The least that passes for one of its kind, where only its place in a request matters.
    public init(standingFor kind: MediaURL.Kind) {
        type = kind == .document ? .pdf : .png
        bytes = kind == .document ? Array("%PDF-".utf8) : [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    }

    /// Bytes.
    public var size: Int { bytes.count }

    /// Bytes that it takes in a request.
    public var length: Int { (bytes.count + 2) / 3 * 4 }
}

extension MediaContent: Unprintable {}

extension [MediaURL] {
    /// The request as if its caller had sent the contents.
    ///
    /// - Parameters:
    ///   - contents: one for each.
    ///   - body: where they were found.
    public func replaced(by contents: [MediaContent], in body: UnsafeRawBufferPointer) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(contents.reduce(body.count) { $0 + $1.length + 64 })
        var position = 0
        for (url, content) in zip(self, contents) {
            let range = url.form.range
            text += body[position..<range.lowerBound]
            url.form.write(content, to: &text)
            position = range.upperBound
        }
        text += body[position...]
        return text
    }
}

extension MediaURL.Form {
    fileprivate func write(_ content: MediaContent, to text: inout [UInt8]) {
        let type = content.type.rawValue
        switch self {
        case .string:
            text += "\"data:\(type);base64,".utf8
            content.bytes.withUnsafeBytes { Base64.append($0, to: &text) }
            text += "\"".utf8
        case .source:
            text += "{\"type\":\"base64\",\"media_type\":\"\(type)\",\"data\":\"".utf8
            content.bytes.withUnsafeBytes { Base64.append($0, to: &text) }
            text += "\"}".utf8
        case .fileURL(_, let hasName):
            // Data without a name is refused by OpenAI.
            if !hasName { text += "\"filename\":\"document.pdf\",".utf8 }
            text += "\"file_data\":\"data:\(type);base64,".utf8
            content.bytes.withUnsafeBytes { Base64.append($0, to: &text) }
            text += "\"".utf8
        }
    }
}
