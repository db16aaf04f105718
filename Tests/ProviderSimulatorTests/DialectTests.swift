import Testing
import Wire

@testable import ProviderSimulator

/// A simulator without sockets, and the ways to ask it the same thing on every wire.
struct Desk {
    var settings = SimulatorSettings()

    func ask(_ door: ChatDoor, _ prompt: String, stream: Bool = false, extra: JSONObject = [:]) -> Response {
        ask(door.call(prompt, stream: stream, extra: extra))
    }

    func ask(_ call: Call) -> Response {
        Response(Simulation(settings).performance(for: call))
    }
}

struct Response {
    var status = 0
    var headers: HeaderFields = [:]
    var body: [UInt8] = []

    init(_ performance: Performance) {
        for step in performance.steps {
            switch step {
            case .head(let status, let headers, _):
                self.status = status
                self.headers = headers
            case .bytes(let bytes): body += bytes
            default: break
            }
        }
    }

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSON { (try? JSON(parsing: body)) ?? nil }

    /// The JSON of the events, whatever ends their lines.
    var events: [JSON] {
        text.split(whereSeparator: \.isNewline).compactMap { line in
            line.hasPrefix("data: ") ? try? JSON(parsing: String(line.dropFirst(6))) : nil
        }
    }
}

/// The wires on which models are asked.
enum ChatDoor: String, CaseIterable, Sendable {
    case openAI, responses, anthropic, converse, invoke, gemini, vertexClaude, azure, cohere

    func call(_ prompt: String, stream: Bool = false, extra: JSONObject = [:]) -> Call {
        let text = JSON.string(prompt)
        var body: JSONObject =
            switch self {
            case .openAI, .azure, .cohere, .anthropic: ["messages": [["role": "user", "content": text]]]
            case .responses: ["input": text]
            case .converse: ["messages": [["role": "user", "content": [["text": text]]]]]
            case .invoke:
                ["anthropic_version": "bedrock-2023-05-31", "messages": [["role": "user", "content": text]]]
            case .vertexClaude:
                ["anthropic_version": "vertex-2023-10-16", "messages": [["role": "user", "content": text]]]
            case .gemini: ["contents": [["role": "user", "parts": [["text": text]]]]]
            }
        if [.openAI, .azure, .cohere, .anthropic, .responses].contains(self) { body["model"] = "sim-basic" }
        if [.anthropic, .invoke, .vertexClaude].contains(self) { body["max_tokens"] = 100 }
        if stream, ![.converse, .invoke, .gemini].contains(self) { body["stream"] = true }
        for member in extra.members { body[member.key] = member.value }
        let headers: HeaderFields = ["authorization": "Bearer sim", "anthropic-version": "2023-06-01"]
        return Call(method: "POST", target: target(stream), headers: headers, body: JSON.object(body).bytes())
    }

    private func target(_ stream: Bool) -> String {
        let vertex = "/v1/projects/p/locations/l/publishers"
        return switch self {
        case .openAI: "/v1/chat/completions"
        case .responses: "/v1/responses"
        case .anthropic: "/v1/messages"
        case .converse: "/model/sim-basic/converse\(stream ? "-stream" : "")"
        case .invoke: "/model/sim-basic/invoke\(stream ? "-with-response-stream" : "")"
        case .gemini:
            "\(vertex)/google/models/sim-basic:\(stream ? "streamGenerateContent?alt=sse" : "generateContent")"
        case .vertexClaude: "\(vertex)/anthropic/models/sim-basic:\(stream ? "streamRawPredict" : "rawPredict")"
        case .azure: "/openai/deployments/sim-basic/chat/completions?api-version=2024-10-21"
        case .cohere: "/v2/chat"
        }
    }

    /// Whether a stream of it is frames, not text.
    var isFramed: Bool { self == .converse || self == .invoke }
}

@Suite struct DialectTests {
    private let desk = Desk()
    private var strict: Desk {
        var desk = Desk()
        desk.settings.strict = true
        return desk
    }

    @Test(arguments: ChatDoor.allCases) func `every wire gets the same words`(door: ChatDoor) {
        let response = desk.ask(door, "[[sim:say@0 Bonjour, Ana]]")
        #expect(response.status == 200)
        #expect(response.text.contains("Bonjour, Ana"))
        #expect(response.headers["x-sim-region"] == "ca-sim-1")
    }

    @Test(arguments: [ChatDoor.anthropic, .invoke, .vertexClaude])
    func `a geography is what a marker says, else what was asked for, else not told`(door: ChatDoor) {
        func geography(_ prompt: String, _ extra: JSONObject = [:]) -> JSON? {
            desk.ask(door, prompt, extra: extra).json["usage"]?["inference_geo"]
        }
        #expect(geography("hi") == "not_available" && geography("[[sim:geo us]]hi") == "us")
        if door == .anthropic { #expect(geography("hi", ["inference_geo": "us"]) == "us") }
        #expect(geography("[[sim:region R]][[sim:geo global]]hi", ["inference_geo": "us"]) == "global")
    }

    @Test func `Azure names its region as people do, on each of its wires`() {
        var desk = desk
        desk.settings.region = "canadaeast"
        for stream in [false, true] {
            var responses = ChatDoor.responses.call("hi", stream: stream)
            responses = Call(
                method: "POST", target: "/openai/v1/responses", headers: responses.headers, body: responses.body)
            for response in [desk.ask(.azure, "hi", stream: stream), desk.ask(responses)] {
                #expect(response.status == 200 && response.headers["x-ms-region"] == "Canada East")
            }
        }
    }

    @Test(arguments: ChatDoor.allCases) func `equal requests get equal bytes`(door: ChatDoor) {
        for stream in [false, true] {
            let prompt = "[[sim:think well]][[sim:words 3]]"
            #expect(desk.ask(door, prompt, stream: stream).body == desk.ask(door, prompt, stream: stream).body)
        }
    }

    @Test(arguments: ChatDoor.allCases) func `a stream that ends early does not say that it is whole`(door: ChatDoor) {
        let closings = ["[DONE]", "message_stop", "messageStop", "finishReason", "response.completed", "message-end"]
        let whole = desk.ask(door, "[[sim:words 9]]", stream: true)
        let early = desk.ask(door, "[[sim:words 9]][[sim:end 9]]", stream: true)
        #expect(early.body.count < whole.body.count)
        for closing in closings { #expect(!early.text.contains(closing)) }
    }

    @Test(arguments: ChatDoor.allCases) func `a wrong credential is refused`(door: ChatDoor) {
        var desk = desk
        desk.settings.key = "another"
        let expected = door.isFramed ? 403 : 401
        #expect(desk.ask(door, "hi").status == expected)
        desk.settings.key = ""
        #expect(desk.ask(door, "hi").status == 200)
    }

    @Test(arguments: ChatDoor.allCases) func `an unknown model is not found`(door: ChatDoor) {
        var desk = desk
        desk.settings.models = .listed(["other"])
        #expect(desk.ask(door, "hi").status == 404)
        desk.settings.models = .any
        #expect(desk.ask(door, "hi").status == 200)
    }

    @Test(arguments: ChatDoor.allCases) func `only a strict simulator minds a gateway's own member`(door: ChatDoor) {
        let extra: JSONObject = ["allow_fallbacks": false]
        #expect(desk.ask(door, "hi", extra: extra).status == 200)
        #expect(strict.ask(door, "hi", extra: extra).status == 400)
        #expect(strict.ask(door, "hi").status == 200)
    }

    @Test(arguments: ChatDoor.allCases) func `a marker's status comes with its Retry-After`(door: ChatDoor) {
        let response = desk.ask(door, "[[sim:status 429 retry-after 7]]")
        #expect(response.status == 429)
        #expect(response.headers["retry-after"] == "7")
    }

    @Test(arguments: ChatDoor.allCases) func `whatever fails can be told what to say`(door: ChatDoor) {
        let complaint = "[[sim:complaint so it is]]"
        for failure in ["status 400", "garbage", "html"] {
            #expect(desk.ask(door, "[[sim:\(failure)]]\(complaint)").text.contains("so it is"), "\(failure)")
        }
        for interruption in ["error-event 1", "garbage-event 1"] {
            let reply = desk.ask(door, "[[sim:\(interruption)]]\(complaint)", stream: true)
            #expect(reply.text.contains("so it is"), "\(interruption)")
        }
    }

    @Test func `embeddings fail where a text of theirs says so, and come as numbers alone`() {
        func ask(_ text: String) -> Response {
            let body: JSON = ["model": "sim-basic", "input": ["a", .string(text)], "encoding_format": "base64"]
            return desk.ask(
                Call(
                    method: "POST", target: "/v1/embeddings", headers: ["authorization": "Bearer sim"],
                    body: body.bytes()))
        }
        #expect(ask("b").json["data"]?.array?.first?["embedding"]?.string != nil)
        #expect(ask("[[sim:plain-vectors]]b").json["data"]?.array?.first?["embedding"]?.array?.count == 16)
        #expect(ask("[[sim:status 429]]b").status == 429)
    }

    @Test(arguments: ChatDoor.allCases) func `bodies that make no sense are refused`(door: ChatDoor) {
        let call = door.call("hi")
        for body in [
            "", "{", "[]", "{}", #"{"model":"sim-basic","messages":{},"input":7,"contents":7,"max_tokens":9}"#,
        ] {
            let broken = Call(
                method: "POST", target: "\(call.path)?\(call.query)", headers: call.headers, body: Array(body.utf8))
            #expect(desk.ask(broken).status == 400, "\(body)")
        }
    }

    @Test func `a request fails as often as it is told to`() {
        let simulation = Simulation(SimulatorSettings())
        let call = ChatDoor.openAI.call("[[sim:fail-times 2 503 x 0.1]]hi")
        let statuses = (0..<4).map { _ in Response(simulation.performance(for: call)).status }
        #expect(statuses == [503, 503, 200, 200])
        simulation.reset()
        #expect(Response(simulation.performance(for: call)).status == 503)
    }

    @Test func `usage follows each vendor's accounting`() {
        let mark = "[[sim:usage in=31 out=12 cache-read=5 cache-write=3 reasoning=4]]"
        #expect(desk.ask(.openAI, mark).json["usage"]?["total_tokens"]?.int == 43)
        #expect(desk.ask(.anthropic, mark).json["usage"]?["cache_creation_input_tokens"]?.int == 3)
        #expect(desk.ask(.converse, mark).json["usage"]?["cacheReadInputTokens"]?.int == 5)
        #expect(desk.ask(.gemini, mark).json["usageMetadata"]?["candidatesTokenCount"]?.int == 8)
    }

    @Test func `without alt=sse a stream of Gemini's is one array`() throws {
        let call = ChatDoor.gemini.call("[[sim:words 3]]", stream: true)
        let list = desk.ask(Call(method: "POST", target: call.path, headers: call.headers, body: call.body))
        #expect(list.json.array?.count == 3)
        let error = desk.ask(Call(method: "POST", target: call.path, headers: [:], body: call.body))
        #expect(error.json.array?.first?["error"]?["status"]?.string == "UNAUTHENTICATED")
    }

    @Test func `frames carry a padding member and good checksums`() throws {
        let response = desk.ask(.converse, "[[sim:words 2]]", stream: true)
        var rest = response.body[...]
        var types: [String] = []
        while rest.count >= 16 {
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            let frame = rest.prefix(length)
            #expect(String(decoding: frame, as: UTF8.self).contains(#""p":"a"#))
            types += ["messageStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata"].filter {
                String(decoding: frame, as: UTF8.self).contains($0)
            }
            rest = rest.dropFirst(length)
        }
        #expect(rest.isEmpty)
        #expect(
            types == [
                "messageStart", "contentBlockDelta", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata",
            ])
    }
}
