import Foundation
import Testing

/// One case of the lists in this folder: what is sent on a connection of its own, and what has to come of it.
struct ConformanceCase: Decodable, Sendable, CustomTestStringConvertible {
    enum Level: String, Decodable, Sendable {
        case must = "MUST"
        case should = "SHOULD"
        case may = "MAY"
    }

    /// What becomes of the connection.
    enum End: String, Decodable, Sendable {
        /// It takes another request.
        case open
        /// It is closed, and nothing comes behind the replies.
        case close
        /// Either will do.
        case any
        /// The caller leaves it in the middle of a request.
        case leaves
    }

    let name: String
    let section: String
    let level: Level
    /// In one piece, or in several with a reply between each two. `${…}` stands for what a run fills in: see
    /// ``ConformanceText``.
    let send: [String]
    /// Of the replies, in order; or those of which the only reply has one, unless ``eachIsAReply``.
    let statuses: [Int]
    let end: End
    /// How many requests the provider has received.
    let upstream: Int
    /// Whether each status is one of a reply.
    let eachIsAReply: Bool
    /// Whether the reply ends with its head.
    let isBodiless: Bool
    /// Fields that the last reply has.
    let fields: [String: String]
    let present: [String]
    let absent: [String]
    /// What no reply holds.
    let never: String?

    var testDescription: String { "\(name) (\(section))" }

    private enum CodingKeys: String, CodingKey {
        case name, section, level, send, statuses, end, upstream, fields, present, absent, never
        case eachIsAReply = "each"
        case isBodiless = "bodiless"
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        name = try values.decode(String.self, forKey: .name)
        section = try values.decode(String.self, forKey: .section)
        level = try values.decode(Level.self, forKey: .level)
        let whole = try? values.decode(String.self, forKey: .send)
        send = try whole.map { [$0] } ?? values.decode([String].self, forKey: .send)
        statuses = try values.decode([Int].self, forKey: .statuses)
        end = try values.decode(End.self, forKey: .end)
        upstream = try values.decode(Int.self, forKey: .upstream)
        eachIsAReply = try values.decodeIfPresent(Bool.self, forKey: .eachIsAReply) ?? false
        isBodiless = try values.decodeIfPresent(Bool.self, forKey: .isBodiless) ?? false
        fields = try values.decodeIfPresent([String: String].self, forKey: .fields) ?? [:]
        present = try values.decodeIfPresent([String].self, forKey: .present) ?? []
        absent = try values.decodeIfPresent([String].self, forKey: .absent) ?? []
        never = try values.decodeIfPresent(String.self, forKey: .never)
    }

    // MARK: The lists

    static let groups = [
        "request-line", "methods", "targets", "host", "fields", "content-length", "transfer-encoding", "smuggling",
        "connection", "versions", "expect", "incomplete",
    ]

    static func cases(of group: String) throws -> [ConformanceCase] {
        struct List: Decodable {
            let cases: [ConformanceCase]
        }
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Cases/\(group).json")
        return try JSONDecoder().decode(List.self, from: Data(contentsOf: file)).cases
    }
}

/// Fills in what stands for something in the text of a case.
struct ConformanceText {
    private let values: [String: String]

    init(_ gateway: TestGateway, tag: String) {
        let auth = "Authorization: Bearer \(gateway.keys.main)\r\n"
        let post = "POST /v1/chat/completions HTTP/1.1\r\nHost: gateway.test\r\n\(auth)"
        let chat = Self.text(gateway.chat(.compatible, "[[sim:echo]]\(tag)").body)
        let stream = Self.text(gateway.stream(.compatible, "[[sim:echo]]\(tag)").body)
        let smuggled = "\(post)Content-Length: \(chat.utf8.count)\r\n\r\n\(chat)"
        values = [
            "auth": auth, "post": post, "chat": chat, "stream": stream, "smuggled": smuggled,
            "length": "\(chat.utf8.count)", "length+1": "\(chat.utf8.count + 1)",
            "hex": String(chat.utf8.count, radix: 16), "stream-length": "\(stream.utf8.count)",
            "smuggled-length": "\(smuggled.utf8.count)", "smuggled-length+5": "\(smuggled.utf8.count + 5)",
            "smuggled-hex": String(smuggled.utf8.count, radix: 16),
        ]
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// - Throws: where a text names what there is not.
    func bytes(of text: String) throws -> [UInt8] {
        var filled = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "${"), let end = rest[start.upperBound...].firstRange(of: "}") {
            filled += rest[..<start.lowerBound]
            filled += try value(of: rest[start.upperBound..<end.lowerBound])
            rest = rest[end.upperBound...]
        }
        return Array((filled + rest).utf8)
    }

    /// A name, or a text with a star and how often it comes.
    private func value(of name: Substring) throws -> String {
        if let value = values[String(name)] { return value }
        let parts = name.components(separatedBy: "*")
        let count = try #require(parts.count == 2 ? Int(parts[1]) : nil, "'\(name)' stands for nothing")
        return String(repeating: parts[0], count: count)
    }
}
