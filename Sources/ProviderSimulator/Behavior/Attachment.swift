/// An image or a file in a message.
enum Attachment: Hashable, Sendable {
    case bytes([UInt8])
    /// A place that is never fetched.
    case url(String)

    /// - Throws: when the text is a data URL whose bytes cannot be read.
    init(url: String, at path: String) throws(Refusal) {
        guard url.utf8.starts(with: "data:".utf8) else {
            self = .url(url)
            return
        }
        guard let comma = url.firstIndex(of: ",") else { throw .invalid("A data URL needs a comma.", at: path) }
        let data = url[url.index(after: comma)...]
        if url[..<comma].lowercased().hasSuffix(";base64") {
            try self.init(base64: data, at: path)
        } else {
            self = .bytes(percentDecoded(data))
        }
    }

    init(base64: some StringProtocol, at path: String) throws(Refusal) {
        guard let bytes = Base64.decode(base64) else { throw .invalid("The data is not valid Base64.", at: path) }
        self = .bytes(bytes)
    }

    /// One sentence that proves what arrived.
    func sentence(number: Int) -> String {
        switch self {
        case .bytes(let bytes):
            let image = ImageHeader(bytes)
            let format = [image.format, image.size.map { "\($0.width)x\($0.height)" }].compactMap(\.self)
            let words = image.description.map { " It says: \($0)" } ?? ""
            return "Image \(number): \(format.joined(separator: " ")), \(bytes.count) bytes, "
                + "sha256 \(digest(of: bytes).prefix(12)).\(words)"
        case .url(let url):
            let bytes = Array(url.utf8)
            return "Image \(number): url, \(bytes.count) bytes, sha256 \(digest(of: bytes).prefix(12))."
        }
    }
}

/// What the first bytes of an image say about it.
struct ImageHeader: Hashable, Sendable {
    var format = "unknown"
    var size: Size?
    /// The text of a PNG's `tEXt` chunk with the keyword `Description`: the words a reader would see in the picture.
    var description: String?

    struct Size: Hashable, Sendable {
        let width, height: Int
    }

    init(_ bytes: [UInt8]) {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            format = "png"
            readPNG(bytes)
        } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            format = "jpeg"
            size = Self.sizeOfJPEG(bytes)
        } else if bytes.starts(with: "GIF8".utf8) {
            format = "gif"
            size = Self.sizeOfGIF(bytes)
        } else if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) {
            format = "webp"
        } else if bytes.starts(with: "%PDF".utf8) {
            format = "pdf"
        }
    }

    /// Walks the chunks: length, kind, data, checksum.
    private mutating func readPNG(_ bytes: [UInt8]) {
        var position = 8
        while let length = bytes.bigEndian(at: position, bytes: 4), position + 8 + length <= bytes.count {
            let kind = bytes[(position + 4)..<(position + 8)]
            let data = bytes[(position + 8)..<(position + 8 + length)]
            if kind.elementsEqual("IHDR".utf8), size == nil,
                let width = bytes.bigEndian(at: data.startIndex, bytes: 4),
                let height = bytes.bigEndian(at: data.startIndex + 4, bytes: 4)
            {
                size = Size(width: width, height: height)
            } else if kind.elementsEqual("tEXt".utf8), data.starts(with: "Description\0".utf8) {
                description = String(decoding: data.dropFirst(12), as: UTF8.self)
            }
            position += length + 12
        }
    }

    /// Walks the segments to the frame header (SOF0 to SOF15, but for the three that are something else).
    private static func sizeOfJPEG(_ bytes: [UInt8]) -> Size? {
        var position = 2
        while position + 3 < bytes.count, bytes[position] == 0xFF {
            let kind = bytes[position + 1]
            let isFrame = 0xC0...0xCF ~= kind && kind != 0xC4 && kind != 0xC8 && kind != 0xCC
            if isFrame, let height = bytes.bigEndian(at: position + 5, bytes: 2),
                let width = bytes.bigEndian(at: position + 7, bytes: 2)
            {
                return Size(width: width, height: height)
            }
            position += 2 + (bytes.bigEndian(at: position + 2, bytes: 2) ?? 0)
        }
        return nil
    }

    private static func sizeOfGIF(_ bytes: [UInt8]) -> Size? {
        guard bytes.count >= 10 else { return nil }
        return Size(width: Int(bytes[6]) | Int(bytes[7]) << 8, height: Int(bytes[8]) | Int(bytes[9]) << 8)
    }
}

extension [UInt8] {
    fileprivate func bigEndian(at offset: Int, bytes width: Int) -> Int? {
        guard offset >= 0, offset + width <= count else { return nil }
        return self[offset..<offset + width].reduce(0) { $0 << 8 | Int($1) }
    }
}
