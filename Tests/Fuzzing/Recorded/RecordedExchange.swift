package import Domain
package import Foundation
package import Providers
package import Wire

/// An exchange on file, whichever of the forms its folder has: what a client asked, and what the upstream answered.
///
/// All of them are found by listing the folders, so a new file is a new test.
package struct RecordedExchange: Sendable, CustomStringConvertible {
    package let provider: String
    package let name: String
    private let json: JSON

    package var description: String { "\(provider)/\(name)" }

    /// - Parameter fixtures: a folder of one for each provider.
    package static func all(in fixtures: URL) throws -> [RecordedExchange] {
        try files(in: fixtures).filter { $0.pathExtension.isEmpty }.flatMap { folder in
            try files(in: folder).filter { $0.pathExtension == "json" }.map { file in
                RecordedExchange(
                    provider: folder.lastPathComponent, name: file.deletingPathExtension().lastPathComponent,
                    json: try JSON(parsing: Data(contentsOf: file)))
            }
        }
    }

    private static func files(in folder: URL) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .sorted { $0.path < $1.path }
    }

    // MARK: The client

    /// The body that the client sent.
    package var request: JSON { json["client"]?["request"] ?? json["client"] ?? .null }

    package var isStreamed: Bool { request["stream"] == true }

    package var codec: any ChatCodec {
        switch json["client"]?["wire"]?.string {
        case "openAIResponses": ResponsesCodec()
        case "anthropicMessages", "anthropic_messages": AnthropicCodec()
        default: OpenAIChatCodec()
        }
    }

    package func chat() throws -> ChatRequest {
        let codec = codec
        return try request.bytes().withUnsafeBytes { try codec.request($0, leavingOut: []) }
    }

    // MARK: The upstream

    package func adapter() throws -> any TranslatingAdapter { try route().adapter(settings) }

    package func route() throws -> Route {
        let model = json["route"]?["model"] ?? json["model"]
        let takesSampling = (json["takes_sampling"] ?? json["sampling"])?.bool ?? true
        return try Route.recorded(of: provider, model: model?.string ?? "model", takesSampling: takesSampling)
    }

    package var settings: [String: String] {
        let settings = json["settings"]?.object?.members.map { ($0.key, $0.value.string ?? "") } ?? []
        return ["project": "p-1"].merging(settings) { _, given in given }
    }

    private var reply: JSON? { json["reply"] ?? json["upstream"]?["reply"] }

    /// The body of a reply that didn't fail by its status; nil where the file has none.
    package var replyBytes: [UInt8]? {
        guard let reply, (reply["status"]?.int ?? 200) == 200 else { return nil }
        if let whole = reply["whole"] ?? reply["json"] ?? reply["body"] { return whole.bytes() }
        if let text = reply["text"]?.string { return Array(text.utf8) }
        if let frames = reply["base64"]?.string { return Base64.decoded(frames) }
        let events = (reply["stream"] ?? reply["events"])?.array ?? []
        return events.flatMap { event in
            provider == "bedrock_anthropic" ? frame(event) : serverSent(event)
        }
    }

    private func serverSent(_ event: JSON) -> [UInt8] {
        switch provider {
        case "anthropic", "vertex_anthropic", "cohere":
            // What is no object stands there as it came; of Cohere as the data of an event.
            guard event.string == nil || provider == "cohere" else { return Array((event.string ?? "").utf8) }
            let name = event["type"]?.string.map { "event: \($0)\n" } ?? ""
            return Array("\(name)data: \(event.string ?? event.text())\n\n".utf8)
        case "vertex": return Array((event.string ?? "data: \(event.text())\r\n\r\n").utf8)
        default: return Array("data: \(event.string ?? event.text())\n\n".utf8)
        }
    }

    /// A frame of InvokeModel: an event of Anthropic's in Base64, or an exception.
    private func frame(_ event: JSON) -> [UInt8] {
        let exception = event["exception"]?.string
        let chunk: JSON = ["bytes": .string(Base64.encoded(event.bytes())), "p": "abcd"]
        let name = exception.map { (":exception-type", EventStreamMessage.Value.string($0)) }
        return EventStreamMessage(
            headers: [
                name ?? (":event-type", .string(event["frame"]?.string ?? "chunk")),
                (":content-type", .string("application/json")),
                (":message-type", .string(exception == nil ? "event" : "exception")),
            ],
            payload: exception == nil ? chunk.bytes() : (event["payload"] ?? [:]).bytes()
        ).encoded()
    }
}
