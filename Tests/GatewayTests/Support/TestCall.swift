import Domain
import Wire

/// A request as a caller writes it.
struct TestCall {
    var method = "POST"
    var path = "/v1/chat/completions"
    var version = "HTTP/1.1"
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    /// Whether the head has the body's length.
    var sendsLength = true

    var bytes: [UInt8] { head + body }

    var head: [UInt8] {
        var lines = ["\(method) \(path) \(version)", "host: gateway.test"]
        lines += headers.map { "\($0.name): \($0.value)" }
        if sendsLength, !body.isEmpty || method == "POST" { lines.append("content-length: \(body.count)") }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    func with(_ name: String, _ value: String) -> TestCall {
        var call = self
        call.headers.append((name, value))
        return call
    }

    /// The same with the key in another place, or with none.
    func with(key: String?) -> TestCall {
        var call = self
        call.headers.removeAll { $0.name == "authorization" }
        return key.map { call.with("authorization", "Bearer \($0)") } ?? call
    }

    func with(body text: String) -> TestCall {
        var call = self
        call.body = Array(text.utf8)
        return call
    }

    static func get(_ path: String, key: String?) -> TestCall {
        TestCall(method: "GET", path: path).with(key: key)
    }

    static func chat(body: JSON, key: String) -> TestCall {
        TestCall(headers: [("content-type", "application/json")], body: body.bytes()).with(key: key)
    }
}

extension TestGateway {
    /// A chat request with one user message.
    func chat(_ route: Route.ID, _ text: String, _ members: JSONObject = [:], key: String? = nil) -> TestCall {
        chat(route, messages: [["role": "user", "content": .string(text)]], members, key: key)
    }

    func chat(_ family: Family, _ text: String, _ members: JSONObject = [:]) -> TestCall {
        chat(family.route, text, members)
    }

    func chat(_ route: Route.ID, messages: JSON, _ members: JSONObject = [:], key: String? = nil) -> TestCall {
        var body: JSONObject = ["model": .string(route), "messages": messages]
        for member in members.members { body[member.key] = member.value }
        return .chat(body: .object(body), key: key ?? keys.main)
    }

    /// A streamed one that asks for usage.
    func stream(_ route: Route.ID, _ text: String, _ members: JSONObject = [:]) -> TestCall {
        var all: JSONObject = ["stream": true, "stream_options": ["include_usage": true]]
        for member in members.members { all[member.key] = member.value }
        return chat(route, text, all)
    }

    func stream(_ family: Family, _ text: String, _ members: JSONObject = [:]) -> TestCall {
        stream(family.route, text, members)
    }
}

extension JSON {
    /// The element at an index of an array.
    subscript(index: Int) -> JSON? {
        guard let array, array.indices.contains(index) else { return nil }
        return array[index]
    }
}
