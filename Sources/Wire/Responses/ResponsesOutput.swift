/// The output of a response as it grows: which items there are, what is in them, and which of them are open.
///
/// Events come in as a model makes them; steps go out, as the wire tells them. Items begin one behind the other. Calls
/// whose pieces interleave stay open side by side; each of them ends as soon as its JSON does, for nothing else tells.
struct ResponsesOutput {
    struct Item {
        enum Kind {
            case reasoning, message
            case call(id: String, name: String)
        }

        enum Status: String {
            case inProgress = "in_progress"
            case completed, incomplete
        }

        let kind: Kind
        let id: String
        /// Of a message, its content; of reasoning, its summary.
        var parts: [Part] = []
        var arguments = ""
        var encrypted: String?
        var status = Status.inProgress
    }

    struct Part {
        enum Kind {
            case text, refusal, summary
        }

        let kind: Kind
        var text = ""
    }

    enum Step {
        case itemAdded(Int)
        case itemDone(Int)
        case partAdded(item: Int, part: Int)
        case partDone(item: Int, part: Int)
        case delta(item: Int, part: Int, String)
        case argumentsDelta(item: Int, String)
        case argumentsDone(item: Int)
    }

    private struct OpenCall {
        let index: Int
        let item: Int
        var json = JSONObjectEnd()
    }

    private(set) var items: [Item] = []
    private(set) var finish: ChatFinishReason?
    private(set) var usage: ChatUsage?
    /// Whether there was more than may be gathered; then the output isn't whole.
    private(set) var isOverfull = false
    /// What has been done since the last call, for whoever tells it on.
    private(set) var steps: [Step] = []

    private let idSuffix: String
    /// The message or the reasoning that goes on.
    private var openItem: Int?
    private var openCalls: [OpenCall] = []
    private var size = 0

    /// Bytes, of text and arguments together.
    private static let limit = 64 << 20
    private static let mostItems = 4_096

    /// - Parameter responseID: ids of items are made from it, so that they are as unique as it is.
    init(responseID: String) {
        idSuffix = responseID.hasPrefix("resp_") ? String(responseID.dropFirst(5)) : responseID
    }

    mutating func add(_ event: ChatEvent) {
        steps.removeAll(keepingCapacity: true)
        switch event {
        case .text(let text): add(text, to: .text)
        case .refusal(let text): add(text, to: .refusal)
        case .reasoning(let text): add(text, to: .summary)
        case .reasoningSignature(let signature): seal(ResponsesThinking.encrypted(signature: signature))
        case .redactedReasoning(let data):
            closeOpenItem(.completed)
            seal(ResponsesThinking.encrypted(redacted: data))
        case .toolCallStarted(let index, let id, let name): startCall(index, id: id, name: name)
        case .toolCallArguments(let index, let text): addArguments(text, toCall: index)
        case .finished(let reason): finish(reason)
        case .usage(let counts): usage = counts
        case .started, .stopSequence, .ended: break
        }
    }

    private mutating func finish(_ reason: ChatFinishReason) {
        finish = reason
        let status: Item.Status =
            switch reason {
            case .length, .contextWindow, .contentFilter: .incomplete
            case .stop, .toolCalls, .refusal, .paused: .completed
            }
        closeOpenItem(status)
        for call in openCalls { close(call, status) }
        openCalls = []
    }

    /// Whether there is room for so much more.
    private mutating func hasRoom(for text: String) -> Bool {
        size += text.utf8.count
        if size > Self.limit || items.count > Self.mostItems { isOverfull = true }
        return !isOverfull
    }
}

// MARK: Text and thinking

extension ResponsesOutput {
    private mutating func add(_ text: String, to kind: Part.Kind) {
        guard !text.isEmpty, hasRoom(for: text) else { return }
        let item = item(for: kind)
        let part = part(of: kind, in: item)
        items[item].parts[part].text += text
        steps.append(.delta(item: item, part: part, text))
    }

    /// The open item if it can hold such a part, or a new one.
    private mutating func item(for kind: Part.Kind) -> Int {
        if let openItem {
            let isReasoning = if case .reasoning = items[openItem].kind { true } else { false }
            if isReasoning == (kind == .summary) { return openItem }
            closeOpenItem(.completed)
        }
        return open(kind == .summary ? .reasoning : .message)
    }

    private mutating func open(_ kind: Item.Kind) -> Int {
        let index = append(kind)
        openItem = index
        return index
    }

    private mutating func append(_ kind: Item.Kind) -> Int {
        let prefix =
            switch kind {
            case .reasoning: "rs"
            case .message: "msg"
            case .call: "fc"
            }
        items.append(Item(kind: kind, id: "\(prefix)_\(idSuffix)_\(items.count)"))
        steps.append(.itemAdded(items.count - 1))
        return items.count - 1
    }

    private mutating func part(of kind: Part.Kind, in item: Int) -> Int {
        let last = items[item].parts.count - 1
        if last >= 0 {
            if items[item].parts[last].kind == kind { return last }
            steps.append(.partDone(item: item, part: last))
        }
        items[item].parts.append(Part(kind: kind))
        steps.append(.partAdded(item: item, part: last + 1))
        return last + 1
    }

    /// What proves the thinking ends it. Some models prove what they don't show: that is an item of its own.
    private mutating func seal(_ encrypted: String) {
        guard hasRoom(for: encrypted) else { return }
        let item: Int
        if let openItem, case .reasoning = items[openItem].kind {
            item = openItem
        } else {
            closeOpenItem(.completed)
            item = open(.reasoning)
        }
        items[item].encrypted = encrypted
        closeOpenItem(.completed)
    }

    private mutating func closeOpenItem(_ status: Item.Status) {
        guard let item = openItem else { return }
        openItem = nil
        let last = items[item].parts.count - 1
        if last >= 0 { steps.append(.partDone(item: item, part: last)) }
        items[item].status = status
        steps.append(.itemDone(item))
    }
}

// MARK: Calls

extension ResponsesOutput {
    private mutating func startCall(_ index: Int, id: String, name: String) {
        closeOpenItem(.completed)
        guard hasRoom(for: id) else { return }
        openCalls.append(OpenCall(index: index, item: append(.call(id: id, name: name))))
    }

    private mutating func addArguments(_ text: String, toCall index: Int) {
        guard let place = openCalls.lastIndex(where: { $0.index == index }), !text.isEmpty, hasRoom(for: text)
        else { return }
        let item = openCalls[place].item
        items[item].arguments += text
        steps.append(.argumentsDelta(item: item, text))
        guard openCalls[place].json.isReached(by: text) else { return }
        close(openCalls.remove(at: place), .completed)
    }

    private mutating func close(_ call: OpenCall, _ status: Item.Status) {
        items[call.item].status = status
        steps.append(.argumentsDone(item: call.item))
        steps.append(.itemDone(call.item))
    }
}

/// Finds the end of a JSON object that comes in pieces.
struct JSONObjectEnd {
    private var depth = 0
    private var isInString = false
    private var isAfterBackslash = false

    /// Whether a piece ends the object.
    mutating func isReached(by piece: String) -> Bool {
        for byte in piece.utf8 {
            if isAfterBackslash {
                isAfterBackslash = false
            } else if isInString {
                isAfterBackslash = byte == UInt8(ascii: "\\")
                isInString = byte != UInt8(ascii: "\"")
            } else if closes(byte) {
                return true
            }
        }
        return false
    }

    private mutating func closes(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth -= 1
            return depth <= 0
        default: break
        }
        return false
    }
}
