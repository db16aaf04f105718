import Wire

/// What an answer says, before its end is cut off and its tokens are counted.
enum Content: Hashable {
    case text(String)
    case calls([ToolCall])
    case refusal(String)
    case filtered
}

/// Decides what to answer: a list of rules, the first that applies wins.
struct Decision {
    let conversation: Conversation
    /// Where the simulator says that it is.
    let region: String

    private var request: NormalizedRequest { conversation.request }
    private var directives: Directives { conversation.directives }
    private var prompt: String { conversation.prompt }

    var content: Content {
        if let line = conversation.scriptedTurn { return .text(line) }
        if let whole = directives.wholeAnswer { return content(of: whole) }
        if let calls = toolCalls, !calls.isEmpty {
            return .calls(request.allowsParallelCalls ? calls : Array(calls.prefix(1)))
        }
        if let object = structured { return .text(object.text()) }
        if !conversation.pendingResults.isEmpty { return .text("Tool results: \(conversation.resultText)") }
        if let marked = directives.text { return .text(text(of: marked)) }
        if !conversation.attachments.isEmpty { return .text(sentences(on: conversation.attachments)) }
        return .text(counting ?? whereabouts ?? repetition)
    }

    private func content(of whole: Directives.WholeAnswer) -> Content {
        switch whole {
        case .echoRequest: .text(request.body.text(.sorted))
        case .refuse: .refusal("I'm sorry, but I can't help with that.")
        case .filter: .filtered
        case .empty: .text("")
        }
    }
}

// MARK: Text

extension Decision {
    private func text(of marked: Directives.TextAnswer) -> String {
        switch marked {
        case .echo: prompt
        case .spell: prompt.map(String.init).joined(separator: "·")
        case .hash: digest(of: Array(prompt.utf8))
        case .count: String(wordCount(prompt))
        case .words(let count): count == 0 ? "" : (1...count).map { "w\($0)" }.joined(separator: " ")
        }
    }

    private func sentences(on attachments: [Attachment]) -> String {
        attachments.enumerated().map { $1.sentence(number: $0 + 1) }.joined(separator: " ")
    }

    /// The answer to `count to N`.
    private var counting: String? {
        let words = plainWords(of: prompt)
        let numbers = ["three": 3, "five": 5, "ten": 10, "twenty": 20]
        for (index, word) in words.enumerated().dropFirst(2)
        where words[index - 2] == "count" && words[index - 1] == "to" {
            guard let count = numbers[word] ?? Int(word), 1...10_000 ~= count else { continue }
            return (1...count).map(String.init).joined(separator: ", ")
        }
        return nil
    }

    private var whereabouts: String? {
        let text = prompt.lowercased()
        guard text.contains("which jurisdiction") || text.contains("which region") else { return nil }
        return "You are talking to \(request.model), served from \(region)."
    }

    private var repetition: String {
        let text = trimmed(prompt)
        return text.isEmpty ? "Hello from the simulator." : "You said: \(shortened(text, to: 400))"
    }
}

// MARK: Objects

extension Decision {
    private var structured: JSON? {
        switch request.format {
        case .text: nil
        case .schema(let schema): Synthesizer.value(for: schema, from: conversation.material)
        case .jsonObject: jsonObject
        }
    }

    /// For JSON without a schema: one that stands in the text, else the words that are quoted there.
    private var jsonObject: JSON {
        if let schema = SchemaInText.find(in: request.system) ?? SchemaInText.find(in: prompt) {
            return Synthesizer.value(for: schema, from: conversation.material)
        }
        let marks: [Unicode.Scalar: Unicode.Scalar] = ["'": "'", "\"": "\"", "`": "`"]
        let text = shortened(prompt, to: SourceText.longestText)
        let names = SourceText.quotations(in: Array(text.unicodeScalars), marks: marks)
        guard !names.isEmpty else { return ["answer": .string(repetition)] }
        var object = JSONObject()
        for name in names { object[name] = .string("sample \(name)") }
        return .object(object)
    }
}

// MARK: Tools

extension Decision {
    private var toolCalls: [ToolCall]? {
        guard request.choice != .none else { return nil }
        let pending = conversation.pendingResults
        if pending.isEmpty, !directives.calls.isEmpty {
            return directives.calls.map { ToolCall(name: $0.name, arguments: $0.arguments) }
        }
        let selection = ToolSelection(tools: request.tools, prompt: prompt)
        if case .named(let name) = request.choice {
            return request.tools.filter { $0.name == name }.map(call)
        }
        if pending.isEmpty, !directives.tools.isEmpty {
            return directives.tools.compactMap { name in request.tools.first { $0.name == name } }.map(call)
        }
        let isRequired = request.choice == .required
        guard pending.isEmpty else { return isRequired ? selection.final.map { [finalCall(of: $0)] } : nil }
        if !selection.named.isEmpty { return selection.named.map(call) }
        return (isRequired ? selection.closest : selection.suggested).map { [call(of: $0)] }
    }

    private func call(of tool: NormalizedRequest.Tool) -> ToolCall {
        let arguments = Synthesizer.value(for: tool.parameters, from: prompt)
        return ToolCall(name: tool.name, arguments: (arguments.object.map { .object($0) } ?? [:] as JSON).text())
    }

    /// A call that hands in the results: each string argument is their text.
    private func finalCall(of tool: NormalizedRequest.Tool) -> ToolCall {
        let schema = Schema(tool.parameters, root: tool.parameters)
        var arguments = Synthesizer.value(for: tool.parameters, from: conversation.material).object ?? [:]
        for property in schema["properties"]?.object?.members ?? [] {
            let kind = Schema(property.value, root: tool.parameters)
            guard arguments[property.key]?.string != nil, kind["enum"] == nil, kind["const"] == nil else { continue }
            arguments[property.key] = .string(shortened(conversation.resultText, to: 500))
        }
        return ToolCall(name: tool.name, arguments: JSON.object(arguments).text())
    }
}
