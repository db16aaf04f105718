public import Domain
import Wire

/// A request that is a command: nothing of it leaves the gateway, and nothing is billed.
extension Exchange {
    mutating func take(_ command: Command, for model: String, on today: CalendarDate) {
        let desk = CommandDesk(
            key: key, name: model, snapshot: snapshot, today: today,
            moment: RouteMapping.Moment(time: created, request: id), language: language)
        let answer = desk.answer(command)
        record.command = command.name
        if case .change(let change, _, _) = answer {
            record.mapping = CustodyRecord.Mapping(name: change.name, route: change.route)
        }
        commandAnswer = answer
    }

    /// What the command was to change stays as it was.
    public mutating func changedNothing() { record.mapping = nil }

    /// The answer to a command, as an assistant's message on the caller's wire.
    public mutating func answered(with text: String, into out: inout [UInt8], at now: Timestamp) -> Ending {
        guard let ask else { return refused(.internalError, at: now) }
        let before = out.count
        record.usage = TokenUsage(input: 0, output: 0)
        do throws(ChatReplyUnwritable) {
            try write(text, to: &out, for: ask)
        } catch {
            out.removeLast(out.count - before)
            return refused(.internalError, at: now)
        }
        count(out, from: before)
        return close(.completed, status: 200, ask.isStreamed ? .stream : .whole, at: now)
    }

    private func write(_ text: String, to out: inout [UInt8], for ask: ChatScan) throws(ChatReplyUnwritable) {
        let identity = ChatReplyIdentity(id: id.hex, created: created.seconds, model: ask.model)
        var chat = ChatRequest(model: ask.model, messages: [])
        chat.includesUsage = ask.includesUsage
        let events: [ChatEvent] = [
            .started(id: nil, model: ask.model), .text(text), .finished(.stop), .usage(ChatUsage(input: 0, output: 0)),
            .ended,
        ]
        if ask.isStreamed {
            var writer = codec.streamWriter(identity, for: chat)
            for event in events { writer.write(event, to: &out) }
            writeClosingComment(to: &out)
            out.append(codec.streamEnd)
        } else {
            var builder = codec.builder(identity, for: chat)
            for event in events { builder.add(event) }
            try builder.write(to: &out)
        }
    }
}
