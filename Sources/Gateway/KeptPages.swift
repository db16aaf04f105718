import NIOCore
import Wire

/// Pages of the control plane that are the same for everybody, kept for as long as they say (RFC 9111, sections 3 and 4).
///
/// There are few of them, and each event loop has its own: nothing is locked, and nobody waits for the control plane.
struct KeptPages {
    private var pages: [Name: Page] = [:]

    var count: Int { pages.count }

    private static let mostPages = 64
    static let mostBytes = 128 << 10

    /// What decides which page it is: the control plane's pages depend on nothing else, unless they say so.
    struct Name: Hashable {
        private let target: String
        private var host = ""
        private var languages = ""
        private var scheme = ""

        /// Nil for a request whose answer may be its sender's alone, and for one that doesn't want what is kept.
        init?(_ head: HTTP1RequestHead) {
            guard head.method == .get, head.contentLength ?? 0 == 0, head.pathAndQuery.utf8.count <= 512 else {
                return nil
            }
            target = head.pathAndQuery
            for (name, value) in head.fields.all {
                switch name.lowercased() {
                case "host": host = value
                case "accept-language": languages = value
                case "x-forwarded-proto": scheme = value
                case "cookie", "authorization", "range", "cache-control", "pragma", "if-none-match",
                    "if-modified-since", "if-match", "if-unmodified-since", "if-range":
                    return nil
                default: break
                }
            }
            guard host.utf8.count + languages.utf8.count + scheme.utf8.count <= 512 else { return nil }
        }
    }

    struct Page {
        /// Of the header, without those that are each reply's own.
        let lines: [UInt8]
        let body: ByteBuffer
        let madeAt: NIODeadline
        let end: NIODeadline
    }

    /// For how long a reply may be kept; nil for one that isn't for everybody, or is too large.
    static func lifetime(of head: ReplyHead) -> TimeAmount? {
        guard head.status == 200, head["set-cookie"] == nil, let length = head["content-length"].flatMap({ Int($0) }),
            0...mostBytes ~= length, let control = head["cache-control"]
        else { return nil }
        let directives = words(control)
        guard directives.contains("public"),
            let seconds = directives.lazy.compactMap({ $0.hasPrefix("max-age=") ? Int64($0.dropFirst(8)) : nil }).first,
            1...3_600 ~= seconds
        else { return nil }
        // A request with cookies is never answered from here.
        guard words(head["vary"] ?? "").allSatisfy({ ["accept-language", "cookie"].contains($0) }) else { return nil }
        return .seconds(seconds)
    }

    private static func words(_ value: String) -> [Substring] {
        value.lowercased().split { $0 == "," || $0 == " " || $0 == "\t" }
    }

    func page(_ name: Name, at now: NIODeadline) -> Page? {
        pages[name].flatMap { $0.end > now ? $0 : nil }
    }

    mutating func keep(_ page: Page, as name: Name) {
        if pages.count >= Self.mostPages, pages[name] == nil {
            pages = pages.filter { $0.value.end > page.madeAt }
            if pages.count >= Self.mostPages { pages.removeAll() }
        }
        pages[name] = page
    }
}
