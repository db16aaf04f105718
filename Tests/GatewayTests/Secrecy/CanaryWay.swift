import Domain
import Wire

/// A surface of the gateway.
enum CanarySurface: String, CaseIterable, Sendable {
    case chat, messages, responses, embeddings, counts

    var path: String { self == .counts ? "/v1/messages/count_tokens" : documented.path }

    /// The surface where it is one to talk to a model on.
    var conversation: ChatSurface? {
        switch self {
        case .chat: .chatCompletions
        case .messages: .messages
        case .responses: .responses
        case .embeddings, .counts: nil
        }
    }

    fileprivate var documented: FieldSurface {
        switch self {
        case .chat: .chat
        case .messages, .counts: .messages
        case .responses: .responses
        case .embeddings: .embeddings
        }
    }
}

/// A way that a request can go: from a surface to an upstream, and back whole or as a stream.
struct CanaryWay: Sendable, CustomStringConvertible {
    let surface: CanarySurface
    let upstream: FieldUpstream
    let isStreamed: Bool

    static let all = CanarySurface.allCases.flatMap { surface in
        FieldUpstream.allCases.flatMap { upstream in
            (surface.conversation == nil ? [false] : [false, true]).map {
                CanaryWay(surface: surface, upstream: upstream, isStreamed: $0)
            }
        }
    }

    var description: String { "\(surface.rawValue) of \(upstream.rawValue)\(isStreamed ? ", streamed" : "")" }

    /// A request that asks something.
    func body(_ text: String, thinks: Bool = false) -> JSONObject {
        guard let conversation = surface.conversation else {
            let model = JSON.string(upstream.route)
            guard surface == .counts else { return ["model": model, "input": .string(text)] }
            return ["model": model, "messages": [["role": "user", "content": .string(text)]]]
        }
        var options = ChatSurface.Options()
        options.tools = [.weather]
        options.isStreamed = isStreamed
        options.thinks = thinks
        return conversation.body(upstream.route, [conversation.user(text)], options)
    }

    func call(_ body: JSONObject) -> TestCall { TestCall(path: surface.path, body: JSON.object(body).bytes()) }

    /// A request for each documented member, with what has to stand beside it.
    func documentedBodies() throws -> [JSONObject] {
        try surface.documented.fields.map { field in
            var body = try surface.documented.body(upstream.route, [field.beside, field.members], tag: 1)
            if isStreamed { body["stream"] = true }
            // Counting needs none of what only an answer needs, and providers refuse it.
            if surface == .counts { (body["stream"], body["max_tokens"]) = (nil, nil) }
            return body
        }
    }
}

/// A place in requests where a caller writes a text, such as `messages[user].content[image].source.data`, in the first
/// documented request that has it.
struct CanaryPlace: Sendable {
    let path: String
    private let text: String
    private let request: JSONObject

    static func all(on way: CanaryWay) throws -> [CanaryPlace] {
        var seen: Set<String> = []
        return try way.documentedBodies().flatMap { body in
            texts(in: .object(body), at: "").filter { $0.path != "model" && seen.insert($0.path).inserted }
                .map { CanaryPlace(path: $0.path, text: $0.text, request: body) }
        }
    }

    private static func texts(in value: JSON, at path: String) -> [(path: String, text: String)] {
        switch value {
        case .string(let text): [(path, text)]
        case .array(let elements):
            elements.flatMap { texts(in: $0, at: "\(path)[\(($0["role"] ?? $0["type"])?.string ?? "")]") }
        case .object(let object):
            object.members.flatMap { texts(in: $0.value, at: path.isEmpty ? $0.key : "\(path).\($0.key)") }
        case .null, .bool, .number: []
        }
    }

    /// The request with a canary there, and wherever else the same text stands: names have to agree.
    func body(with canary: Canary) -> JSONObject {
        var planted = JSONObject()
        for member in request.members {
            planted[member.key] =
                member.key == "model" ? member.value : member.value.replacing(text, with: canary.planted(in: text))
        }
        return planted
    }
}

extension JSON {
    /// The same with another text in place of one, which may be the name of a property in a schema too.
    fileprivate func replacing(_ old: String, with new: String, inProperties: Bool = false) -> JSON {
        switch self {
        case .string(let text): return text == old ? .string(new) : self
        case .array(let elements): return .array(elements.map { $0.replacing(old, with: new) })
        case .object(let object):
            var replaced = JSONObject()
            for member in object.members {
                let key = inProperties && member.key == old ? new : member.key
                replaced[key] = member.value.replacing(old, with: new, inProperties: member.key == "properties")
            }
            return .object(replaced)
        case .null, .bool, .number: return self
        }
    }
}
