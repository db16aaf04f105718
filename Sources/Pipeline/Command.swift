public import Domain
import Wire

/// A command for the gateway, from callers whose client pins the name of a model: the whole of the last message.
enum Command: Hashable {
    case help, models, status, unmap
    /// Asks how to map, or names a route by its number or its id.
    case map(to: String?)
    /// With something behind it that it doesn't take.
    case unmapNamed

    /// Nil for an ordinary prompt: one that only begins like a command is none, nor is any of a key without the right.
    init?(of ask: ChatScan, in body: UnsafeRawBufferPointer, for key: APIKey) {
        guard key.policy.allowsCommands, let text = ask.lastUserText(in: body, having: "ni-") else { return nil }
        self.init(text)
    }

    init?(_ text: String) {
        let words = text.split(whereSeparator: \.isWhitespace)
        switch (words.first, words.count) {
        case ("ni-help", 1): self = .help
        case ("ni-models", 1): self = .models
        case ("ni-status", 1): self = .status
        case ("ni-unmap", 1): self = .unmap
        case ("ni-unmap", 2): self = .unmapNamed
        case ("ni-map-model", 1): self = .map(to: nil)
        case ("ni-map-model", 2): self = .map(to: String(words[1]))
        default: return nil
        }
    }

    /// As records have it.
    var name: String {
        switch self {
        case .help: "ni-help"
        case .models: "ni-models"
        case .status: "ni-status"
        case .unmap, .unmapNamed: "ni-unmap"
        case .map: "ni-map-model"
        }
    }
}

/// What a command comes to, decided without doing anything.
public enum CommandAnswer: Sendable {
    case text(String)
    /// The text is the answer once the change is stored and in force on every event loop.
    case change(RouteMappingChange, then: String, ifFull: String)
}
