/// What an event of a streamed reply says of the texts whose pieces it may hold.
struct EventFacts {
    private(set) var type: String?
    /// What the event as a whole is about.
    private(set) var channel = TextChannel()
    private(set) var sequenceNumber: Int?
    /// Whether it is about a part of an item.
    private var hasPart = false
    /// Choices that have a finish reason.
    private var finished: Set<Int> = []
    private let wire: ChatWire

    init(_ event: UnsafeRawBufferPointer, of wire: ChatWire) throws(JSONError) {
        self.wire = wire
        var scanner = try JSONScanner(event)
        guard try scanner.peek() == .object else { return }
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            switch scanner.string(of: key) {
            case "choices" where try scanner.peek() == .array: try readChoices(&scanner)
            case let name:
                let value = try scanner.skipValue()
                take(name, value, scanner)
            }
        }
    }

    private mutating func take(_ name: String, _ value: JSONSpan, _ scanner: JSONScanner) {
        switch name {
        case "type": type = scanner.string(of: value)
        case "index", "output_index": channel.group = scanner.integer(of: value) ?? 0
        case "content_index", "summary_index":
            channel.part = scanner.integer(of: value) ?? 0
            hasPart = true
        case "sequence_number": sequenceNumber = scanner.integer(of: value)
        default: break
        }
    }

    private mutating func readChoices(_ scanner: inout JSONScanner) throws(JSONError) {
        try scanner.enterArray()
        var position = 0
        while try scanner.nextElement() {
            defer { position += 1 }
            guard try scanner.peek() == .object else {
                _ = try scanner.skipValue()
                continue
            }
            var index = position
            var isFinished = false
            try scanner.enterObject()
            while let key = try scanner.nextKey() {
                let name = scanner.string(of: key)
                let value = try scanner.skipValue()
                if name == "index" { index = scanner.integer(of: value) ?? index }
                if name == "finish_reason" { isFinished = value.kind == .string }
            }
            if isFinished { finished.insert(index) }
        }
    }

    /// The `index` of the object that comes next.
    static func index(of scanner: JSONScanner) throws(JSONError) -> Int? {
        var probe = scanner
        try probe.enterObject()
        while let key = try probe.nextKey() {
            let isIndex = probe.text(of: key, is: "index")
            let value = try probe.skipValue()
            if isIndex { return probe.integer(of: value) }
        }
        return nil
    }

    /// Whether no more pieces of a text come behind the event.
    func ends(_ channel: TextChannel) -> Bool {
        switch wire {
        case .openAIChat, .openAIEmbeddings: finished.contains(channel.group)
        case .anthropicMessages, .anthropicTokenCount:
            switch type {
            case "content_block_stop": channel.group == self.channel.group
            case "message_delta", "message_stop", "error": true
            default: false
            }
        case .openAIResponses: endsResponses(channel)
        }
    }

    private func endsResponses(_ channel: TextChannel) -> Bool {
        guard let type else { return false }
        switch type {
        case "response.completed", "response.incomplete", "response.failed", "error": return true
        default: break
        }
        guard type.hasSuffix(".done"), channel.group == self.channel.group else { return false }
        return !hasPart || channel.part == self.channel.part
    }
}
