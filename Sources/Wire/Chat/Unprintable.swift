/// Holds what people wrote: it prints as `<redacted>`, however it is printed, so that no log shows it by mistake.
public protocol Unprintable: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension Unprintable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension ChatRequest: Unprintable {}
extension ChatMessage: Unprintable {}
extension ChatPart: Unprintable {}
extension ChatContent: Unprintable {}
extension ChatReasoningContent: Unprintable {}
extension ChatTool: Unprintable {}
extension ChatToolResult: Unprintable {}
extension ChatMedia: Unprintable {}
extension ChatToolCall: Unprintable {}
extension ChatEvent: Unprintable {}
extension AnthropicReplyBlock: Unprintable {}
extension AnthropicMessageBuilder: Unprintable {}
extension AnthropicStreamWriter: Unprintable {}
extension AnthropicStreamPassage: Unprintable {}
