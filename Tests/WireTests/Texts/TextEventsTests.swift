import Testing
import Wire

/// How streamed replies are restored, event by event.
@Suite struct TextEventsTests {
    /// Replaces `Adela` by `Jane`, holding back what could become it.
    private final class Renaming: PieceVisitor {
        private var held: [TextChannel: [UInt8]] = [:]
        private(set) var heldChannels: [TextChannel] = []
        private let name = Array("Adela".utf8)

        func visit(_ text: FoundText) -> [UInt8]? {
            let (made, rest) = renamed(Array(text.bytes))
            return made + rest
        }

        func visit(piece: UnsafeBufferPointer<UInt8>, of channel: TextChannel, isLast: Bool) -> [UInt8]? {
            var (made, rest) = renamed(takeHeld(of: channel) + piece)
            if isLast {
                made += rest
                rest = []
            }
            held[channel] = rest
            if !rest.isEmpty { heldChannels.append(channel) }
            return made
        }

        func takeHeld(of channel: TextChannel) -> [UInt8] {
            heldChannels.removeAll { $0 == channel }
            return held.removeValue(forKey: channel) ?? []
        }

        private func renamed(_ text: [UInt8]) -> (made: [UInt8], rest: [UInt8]) {
            var made: [UInt8] = []
            var rest = text
            while !rest.isEmpty {
                if rest.starts(with: name) {
                    made += Array("Jane".utf8)
                    rest.removeFirst(name.count)
                } else if name.starts(with: rest) {
                    break
                } else {
                    made.append(rest.removeFirst())
                }
            }
            return (made, rest)
        }
    }

    private func restored(_ stream: String, of wire: ChatWire, by size: Int = .max) -> String {
        var events = TextEvents(of: wire, for: Renaming())
        var out: [UInt8] = []
        var rest = Array(stream.utf8)[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(size))
            rest = rest.dropFirst(size)
            piece.withUnsafeBytes { events.receive($0, into: &out) }
        }
        events.end(into: &out)
        return String(decoding: out, as: UTF8.self)
    }

    private func events(_ data: [String]) -> String { data.map { "data: \($0)\n\n" }.joined() }

    private func chat(_ content: String, choice: Int = 0, finish: String = "null") -> String {
        #"{"choices":[{"index":\#(choice),"delta":{"content":"\#(content)"},"finish_reason":\#(finish)}]}"#
    }

    private func finish(choice: Int = 0) -> String {
        #"{"choices":[{"index":\#(choice),"delta":{},"finish_reason":"stop"}]}"#
    }

    @Test func `each event goes on as one, and what was held back comes with the next piece`() {
        let stream = events([chat("Hi Ad"), chat("el"), chat("a, hi"), finish()])
        #expect(restored(stream, of: .openAIChat) == events([chat("Hi "), chat(""), chat("Jane, hi"), finish()]))
    }

    @Test func `what is held back of a text that is over comes before the event that ends it`() {
        let stream = events([chat("Hi Ad"), finish(), "[DONE]"])
        #expect(restored(stream, of: .openAIChat) == events([chat("Hi "), chat("Ad"), finish(), "[DONE]"]))
    }

    @Test func `an event that brings the last piece brings all`() {
        let stream = events([chat("Hi Ad", finish: #""length""#)])
        #expect(restored(stream, of: .openAIChat) == stream)
    }

    @Test func `the choices of a reply, and its calls, are texts of their own`() {
        let call = #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"function":{"arguments":"%"}}]}}]}"#
        func arguments(_ text: String) -> String { call.split(separator: "%").joined(separator: text) }
        let stream = events([
            chat("Ad"), chat("Ade", choice: 1), arguments("Adel"), chat("ela!"), arguments("a!"),
            chat("la!", choice: 1), finish(), finish(choice: 1),
        ])
        let expected = events([
            chat(""), chat("", choice: 1),
            #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"function":{"#
                + #""arguments":""}}]}}]}"#, chat("Jane!"), arguments("Jane!"), chat("Jane!", choice: 1), finish(),
            finish(choice: 1),
        ])
        #expect(restored(stream, of: .openAIChat) == expected)
    }

    @Test func `blocks of the Messages wire are restored, and nothing of one comes behind its end`() {
        func named(_ name: String, _ data: String) -> String { "event: \(name)\ndata: \(data)\n\n" }
        func delta(_ text: String) -> String {
            named(
                "content_block_delta",
                #"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"\#(text)"}}"#)
        }
        let stop = named("content_block_stop", #"{"type":"content_block_stop","index":1}"#)
        let end = named("message_delta", #"{"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#)
        let ping = ": ping\n\n"
        #expect(
            restored(delta("Adela an") + ping + delta("d Ade") + stop + end, of: .anthropicMessages)
                == delta("Jane an") + ping + delta("d ") + delta("Ade") + stop + end)
    }

    @Test func `events of the Responses wire stay numbered without a gap`() {
        func event(_ type: String, _ number: Int, _ rest: String) -> String {
            "event: \(type)\ndata: {\"type\":\"\(type)\",\"sequence_number\":\(number),\(rest)}\n\n"
        }
        func delta(_ number: Int, _ text: String) -> String {
            event("response.output_text.delta", number, #""output_index":0,"content_index":0,"delta":"\#(text)""#)
        }
        func done(_ number: Int, _ text: String) -> String {
            event("response.output_text.done", number, #""output_index":0,"content_index":0,"text":"\#(text)""#)
        }
        func completed(_ number: Int, _ text: String) -> String {
            event("response.completed", number, #""response":{"output":[{"content":[{"text":"\#(text)"}]}]}"#)
        }
        #expect(
            restored(delta(4, "Adela Ad") + done(5, "Adela Ad") + completed(6, "Adela Ad"), of: .openAIResponses)
                == delta(4, "Jane ") + delta(5, "Ad") + done(6, "Jane Ad") + completed(7, "Jane Ad"))
    }

    @Test(arguments: [1, 2, 3, 7, 50])
    func `the pieces in which bytes come make no difference`(size: Int) {
        let stream = events([chat("Hi Ad"), chat("ela "), chat("Ad"), finish(), "[DONE]"])
        #expect(restored(stream, of: .openAIChat, by: size) == restored(stream, of: .openAIChat))
    }

    @Test func `a stream that ends early brings what was held back`() {
        #expect(restored(events([chat("Hi Ad")]), of: .openAIChat) == events([chat("Hi "), chat("Ad")]))
    }
}
