/// A text that a ``TextWalk`` has come to.
public struct FoundText {
    /// Without escapes.
    public let bytes: UnsafeBufferPointer<UInt8>
    /// The innermost key that leads to it, where it is one of people's own data: it says something about the text.
    public let fieldName: String?
    let path: TextPath
    let outerPath: TextPath?

    /// Where it stands, as a JSON pointer (RFC 6901): `/messages/0/content/1/text`. For a text in one that is JSON itself it
    /// leads on into that.
    public var place: String { path.inside(outerPath).description }
}

/// Looks at texts, and says what they are replaced by.
public protocol TextVisitor: AnyObject {
    /// - Returns: nil to leave it as it is.
    func visit(_ text: FoundText) -> [UInt8]?

    /// A piece of a text that comes in pieces.
    ///
    /// - Parameter isLast: whether the event says that no more of it comes.
    /// - Returns: nil to leave it as it is.
    func visit(piece: UnsafeBufferPointer<UInt8>, of channel: TextChannel, isLast: Bool) -> [UInt8]?
}

extension TextVisitor {
    public func visit(piece: UnsafeBufferPointer<UInt8>, of channel: TextChannel, isLast: Bool) -> [UInt8]? { nil }
}

/// What pieces of a streamed reply make one text.
public struct TextChannel: Hashable, Sendable {
    /// The choice, the block or the item.
    public internal(set) var group = 0
    /// The call, or the part of an item.
    public internal(set) var part = 0
    /// The member.
    public internal(set) var kind = ""
}

/// The keys and indexes that lead to a text.
struct TextPath {
    enum Step {
        case member(String)
        case element(Int)
    }

    private var steps: [Step] = []
    var count: Int { steps.count }

    mutating func push(_ step: Step) { steps.append(step) }

    mutating func pop() { _ = steps.popLast() }

    func inside(_ outer: TextPath?) -> TextPath {
        guard let outer else { return self }
        var path = outer
        path.steps += steps
        return path
    }

    var lastMember: String? { steps.reversed().lazy.compactMap(\.name).first }

    var firstMember: String? { steps.first?.name }

    /// Whether the object at hand is the `source` of a part.
    var isInSource: Bool { steps.count >= 2 && steps[steps.count - 2].name == "source" }

    /// For a text that is a piece: the members under `delta` that lead to it. On the Responses wire there are none.
    func pieceKind(on wire: ChatWire) -> String? {
        guard let delta = steps.firstIndex(where: { $0.name == "delta" }) else { return nil }
        let names = steps[(delta + 1)...].compactMap(\.name)
        switch wire {
        case .openAIResponses: return names.isEmpty ? "" : nil
        case .anthropicMessages, .anthropicTokenCount:
            let isPiece = names == ["text"] || names == ["thinking"] || names == ["partial_json"]
            return isPiece ? names[0] : nil
        case .openAIChat, .openAIEmbeddings: return names.joined(separator: ".")
        }
    }
}

extension TextPath.Step {
    var name: String? { if case .member(let name) = self { name } else { nil } }
}

extension TextPath: CustomStringConvertible {
    /// A JSON pointer (RFC 6901, section 3).
    var description: String {
        steps.reduce(into: "") { text, step in
            switch step {
            case .member(let name): text += "/" + name.replacing("~", with: "~0").replacing("/", with: "~1")
            case .element(let index): text += "/\(index)"
            }
        }
    }
}
