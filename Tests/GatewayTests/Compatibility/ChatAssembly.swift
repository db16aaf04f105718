import Wire

/// Puts the events of a stream together as a client does, into what would have come whole.
///
/// On its way it checks what clients rely on: order, indexes, and that what comes last agrees with the pieces.
enum ChatAssembly {
    typealias Fault = CompatibilityFault

    static func whole(_ reply: TestReply, on surface: ChatSurface) throws -> JSON {
        switch surface {
        case .chatCompletions:
            try Fault.require(reply.isDone, "the stream doesn't end with [DONE]")
            var completion = CompletionAssembly()
            for chunk in try reply.chunks { try completion.add(chunk) }
            return try completion.whole()
        case .messages:
            var message = MessageAssembly()
            for event in try reply.namedEvents { try message.add(event) }
            return try message.whole()
        case .responses:
            var response = ResponseAssembly()
            for event in try reply.namedEvents { try response.add(event) }
            return try response.whole()
        }
    }
}

private struct CompletionAssembly {
    typealias Fault = CompatibilityFault
    private var id: JSON?
    private var content: String?
    private var thinking: String?
    private var blocks: [JSON] = []
    private var calls: [(head: JSON, arguments: String)] = []
    private var finish: JSON?
    private var usage: JSON?

    mutating func add(_ chunk: JSON) throws {
        try Fault.require(usage == nil, "a chunk comes after the usage")
        guard let choice = chunk["choices"]?[0] else {
            // Azure's first chunk has no choice, and no usage either.
            if finish != nil { usage = chunk["usage"] }
            return
        }
        try Fault.require(chunk["object"] == "chat.completion.chunk", "it is no chunk")
        try Fault.require(id == nil || id == chunk["id"], "the id changes")
        try Fault.require(finish == nil, "a delta comes after the finish reason")
        let delta = try Fault.unwrap(choice["delta"], "there is no delta")
        try Fault.require((id == nil) == (delta["role"] != nil), "the role isn't in the first delta alone")
        id = chunk["id"]
        try add(delta: delta)
        finish = choice["finish_reason"] == .null ? nil : choice["finish_reason"]
    }

    private mutating func add(delta: JSON) throws {
        if let text = delta["content"]?.string { content = (content ?? "") + text }
        if let text = delta["reasoning_content"]?.string { thinking = (thinking ?? "") + text }
        blocks += delta["thinking_blocks"]?.array ?? []
        for call in delta["tool_calls"]?.array ?? [] {
            let index = try Fault.unwrap(call["index"]?.int, "a call has no index")
            try Fault.require((index == calls.count) == (call["id"] != nil), "a call doesn't begin with its id")
            if index == calls.count { calls.append((call, "")) }
            try Fault.require(calls.indices.contains(index), "calls don't begin in order")
            calls[index].arguments += call["function"]?["arguments"]?.string ?? ""
        }
    }

    func whole() throws -> JSON {
        var message: JSONObject = ["role": "assistant", "content": content.map { .string($0) } ?? .null]
        if let thinking { message["reasoning_content"] = .string(thinking) }
        if !blocks.isEmpty { message["thinking_blocks"] = .array(blocks) }
        let calls = calls.map { call -> JSON in
            let function: JSON = [
                "name": call.head["function"]?["name"] ?? .null, "arguments": .string(call.arguments),
            ]
            return ["id": call.head["id"] ?? .null, "type": "function", "function": function]
        }
        if !calls.isEmpty { message["tool_calls"] = .array(calls) }
        return [
            "object": "chat.completion", "usage": usage ?? .null,
            "choices": [
                ["message": .object(message), "finish_reason": try Fault.unwrap(finish, "there is no finish reason")]
            ],
        ]
    }
}

private struct MessageAssembly {
    typealias Fault = CompatibilityFault
    private var message: JSONObject?
    private var blocks: [JSONObject] = []
    private var input = ""
    private var isBlockOpen = false
    private var isStopped = false

    mutating func add(_ event: JSON) throws {
        try Fault.require(!isStopped, "an event comes after the last")
        switch event["type"]?.string {
        case "message_start": message = try Fault.unwrap(event["message"]?.object, "there is no message")
        case "ping": break
        case "content_block_start": try start(event)
        case "content_block_delta": try grow(event)
        case "content_block_stop": try stop(event)
        case "message_delta": try finish(event)
        case "message_stop": isStopped = true
        default: throw Fault(description: "an event of another kind: \(event["type"]?.string ?? "")")
        }
    }

    private mutating func start(_ event: JSON) throws {
        try Fault.require(message != nil && !isBlockOpen, "a block begins inside of another")
        try Fault.require(event["index"]?.int == blocks.count, "blocks aren't numbered from zero")
        blocks.append(try Fault.unwrap(event["content_block"]?.object, "there is no block"))
        isBlockOpen = true
        input = ""
    }

    private mutating func grow(_ event: JSON) throws {
        let last = blocks.count - 1
        try Fault.require(isBlockOpen && event["index"]?.int == last, "a delta belongs to no open block")
        let delta = event["delta"]
        switch delta?["type"]?.string {
        case "text_delta": append(delta?["text"], to: "text", of: last)
        case "thinking_delta": append(delta?["thinking"], to: "thinking", of: last)
        case "signature_delta": append(delta?["signature"], to: "signature", of: last)
        case "input_json_delta": input += delta?["partial_json"]?.string ?? ""
        default: throw Fault(description: "a delta of another kind")
        }
    }

    private mutating func append(_ text: JSON?, to member: String, of block: Int) {
        blocks[block][member] = .string((blocks[block][member]?.string ?? "") + (text?.string ?? ""))
    }

    private mutating func stop(_ event: JSON) throws {
        let last = blocks.count - 1
        try Fault.require(isBlockOpen && event["index"]?.int == last, "a block ends that isn't open")
        if blocks[last]["type"] == "tool_use", !input.isEmpty { blocks[last]["input"] = try JSON(parsing: input) }
        isBlockOpen = false
    }

    private mutating func finish(_ event: JSON) throws {
        try Fault.require(!isBlockOpen, "the message ends inside of a block")
        message?["stop_reason"] = event["delta"]?["stop_reason"]
        var usage = message?["usage"]?.object ?? [:]
        for count in event["usage"]?.object?.members ?? [] where count.value != .null { usage[count.key] = count.value }
        message?["usage"] = .object(usage)
    }

    func whole() throws -> JSON {
        try Fault.require(isStopped, "the stream doesn't end with message_stop")
        var message = try Fault.unwrap(message, "there is no message_start")
        message["content"] = .array(blocks.map { .object($0) })
        return .object(message)
    }
}

private struct ResponseAssembly {
    typealias Fault = CompatibilityFault
    private var count = 0
    private var items: [JSON?] = []
    /// The pieces of each item's text, summary or arguments.
    private var pieces: [String] = []
    private var last: JSON?

    mutating func add(_ event: JSON) throws {
        try Fault.require(last == nil, "an event comes after the last")
        try Fault.require(event["sequence_number"]?.int == count, "events aren't numbered from zero")
        let type = event["type"]?.string ?? ""
        try Fault.require((count == 0) == (type == "response.created"), "the first event isn't response.created")
        count += 1
        switch type {
        case "response.output_item.added":
            try Fault.require(event["output_index"]?.int == items.count, "items aren't numbered from zero")
            items.append(nil)
            pieces.append("")
        case "response.output_item.done": items[try index(of: event)] = event["item"]
        case "response.completed": last = event["response"]
        case _ where type.hasSuffix(".delta"): pieces[try index(of: event)] += event["delta"]?.string ?? ""
        default: break
        }
    }

    private func index(of event: JSON) throws -> Int {
        let index = try Fault.unwrap(event["output_index"]?.int, "an event names no item")
        try Fault.require(
            items.indices.contains(index) && items[index] == nil, "an event names an item that isn't open")
        return index
    }

    func whole() throws -> JSON {
        let response = try Fault.unwrap(last, "the stream doesn't end with response.completed")
        let output = response["output"]?.array ?? []
        try Fault.require(output == items.compactMap(\.self), "the output isn't what the items were")
        for (item, pieces) in zip(output, pieces) {
            try Fault.require(Self.text(of: item) == pieces, "an item isn't what its pieces make")
        }
        return response
    }

    private static func text(of item: JSON) -> String {
        if let arguments = item["arguments"]?.string { return arguments }
        return ((item["content"] ?? item["summary"])?.array ?? []).compactMap { $0["text"]?.string }.joined()
    }
}
