import Domain
import Foundation
import Providers
import Testing
import Wire

/// One case of an adapter on file: what a caller asks, what the upstream is asked, what that answers, and what the caller
/// gets. Each file of a provider's folder is a test.
///
/// To add one, write its `route`, `client` and `reply` and run the tests with `RECORD_FIXTURES=1`, which adds the members
/// that are missing. Read them before you commit them: they are what every later version is held to.
///
/// A `reply` has a `status` if it isn't 200, `headers`, and one of `json`, `text`, `events` (server-sent, each an object or
/// raw text) and `frames` (AWS's event stream, whose bytes stand in `base64`).
struct AdapterRecording: Sendable, CustomTestStringConvertible {
    let file: URL
    var entry: JSONObject

    var testDescription: String { file.deletingPathExtension().lastPathComponent }

    static func all(in folder: String) throws -> [AdapterRecording] {
        let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/\(folder)")
        let files = try FileManager.default.contentsOfDirectory(at: fixtures, includingPropertiesForKeys: nil)
        return try files.filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }.map { file in
            AdapterRecording(file: file, entry: try #require(JSON(parsing: Data(contentsOf: file)).object))
        }
    }

    static var isRecording: Bool { ProcessInfo.processInfo.environment["RECORD_FIXTURES"] == "1" }

    /// Holds a member against what it should be. One that is missing fails, or is added while recording.
    mutating func expect(_ name: String, is value: JSON) {
        if entry[name] == nil, Self.isRecording { entry[name] = value }
        #expect(entry[name]?.text(.sorted) == value.text(.sorted), "\(testDescription): \(name)")
    }

    func save() throws {
        guard Self.isRecording else { return }
        try Data(RecordingText(JSON.object(entry)).text.utf8).write(to: file)
    }

    // MARK: What is on file

    func chat() throws -> ChatRequest {
        try (entry["client"] ?? .null).bytes().withUnsafeBytes { bytes in
            try OpenAIChatDecoder().request(bytes, leavingOut: [])
        }
    }

    func route(of provider: ProviderFacts, region: String) throws -> Route {
        let route = entry["route"] ?? [:]
        let prices = TokenPrices(input: TokenPrice(picodollars: 0), output: TokenPrice(picodollars: 0))
        return Route(
            id: "recorded", name: "Recorded", provider: provider.id, upstreamModel: route["model"]?.string ?? "",
            endpoint: try #require(Endpoint(url: provider.defaultBaseURL(region) ?? "")), tier: .managedCanadianCloud,
            residency: Residency(
                region: region, jurisdiction: .anywhere, processing: .anywhere, storage: .anywhere,
                exposure: .anywhere),
            prices: PriceSnapshot(id: "p", cost: prices, charge: prices),
            capabilities: Capabilities(
                supportsVision: true, supportsFunctionCalling: true,
                modalities: route["modalities"]?.array?.compactMap(\.string) ?? ["text", "image"],
                contextWindow: 200_000, maximumOutputTokens: 8_192, basis: .route),
            lifecycle: Lifecycle(), fallbacks: [],
            retention: Retention(days: nil, isUsedForTraining: false, isReviewedByHumans: false),
            credentialSource: .platform)
    }

    var status: Int { entry["reply"]?["status"]?.int ?? 200 }

    func header(_ name: String) -> String? { entry["reply"]?["headers"]?[name]?.string }

    /// The bytes of the reply's body.
    mutating func body() throws -> [UInt8] {
        let reply = entry["reply"] ?? [:]
        if let json = reply["json"] { return json.bytes() }
        if let text = reply["text"]?.string { return Array(text.utf8) }
        if let events = reply["events"]?.array {
            return events.flatMap { event in
                Array((event.string ?? "data: \(event.text())\r\n\r\n").utf8)
            }
        }
        let frames = try (reply["frames"]?.array ?? []).flatMap { try Self.message($0).encoded() }
        if reply["base64"] == nil, Self.isRecording, case .object(var members) = reply {
            members["base64"] = .string(Data(frames).base64EncodedString())
            entry["reply"] = .object(members)
        }
        let bytes = Array(try #require(Data(base64Encoded: entry["reply"]?["base64"]?.string ?? "")))
        #expect(bytes == frames, "\(testDescription): the bytes are those of the frames")
        return bytes
    }

    /// `{"contentBlockDelta": {…}}` is an event of this name; `exception`, `error` and `message` tell frames of other kinds.
    private static func message(_ frame: JSON) throws -> EventStreamMessage {
        let type = [(":content-type", EventStreamMessage.Value.string("application/json"))]
        if let name = frame["exception"]?.string {
            return EventStreamMessage(
                headers: type + [(":exception-type", .string(name)), (":message-type", .string("exception"))],
                payload: (frame["payload"] ?? [:]).bytes())
        }
        if let code = frame["error"]?.string {
            return EventStreamMessage(
                headers: [
                    (":error-code", .string(code)), (":error-message", .string(frame["message"]?.string ?? "")),
                    (":message-type", .string("error")),
                ], payload: [])
        }
        let event = try #require(frame.object?.members.first)
        return EventStreamMessage(
            headers: [(":event-type", .string(event.key))] + type + [(":message-type", .string("event"))],
            payload: event.value.bytes())
    }
}
