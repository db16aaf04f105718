/// A kind of content that goes into a request, told by its first bytes: what a server says of it may be anything.
public enum MediaType: String, CaseIterable, Sendable {
    case png = "image/png"
    case jpeg = "image/jpeg"
    case gif = "image/gif"
    case webp = "image/webp"
    case pdf = "application/pdf"

    public var isImage: Bool { self != .pdf }

    /// Sources: ISO/IEC 15948 section 5.2, ISO/IEC 10918-1 annex B, GIF89a section 17, RFC 9649 section 2.4, and
    /// ISO 32000-1 section 7.5.2.
    public init?(_ content: some Collection<UInt8>) {
        if content.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if content.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if content.starts(with: "GIF87a".utf8) || content.starts(with: "GIF89a".utf8) {
            self = .gif
        } else if content.starts(with: "RIFF".utf8), content.dropFirst(8).starts(with: "WEBP".utf8) {
            self = .webp
        } else if content.starts(with: "%PDF-".utf8) {
            self = .pdf
        } else {
            return nil
        }
    }
}
