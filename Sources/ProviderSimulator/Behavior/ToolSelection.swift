/// Which tools a simulated model calls.
struct ToolSelection {
    let tools: [NormalizedRequest.Tool]
    /// The last user message without its markers.
    let prompt: String

    /// Every tool whose exact name stands in the message as a whole word.
    var named: [NormalizedRequest.Tool] {
        let words = Set(prompt.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" || $0 == ".") }.map(bare))
        return tools.filter { words.contains($0.name) }
    }

    private func bare(_ word: Substring) -> String {
        var word = word
        while word.last == "." || word.last == "-" { word.removeLast() }
        return String(word)
    }

    /// For a model that has to call something: the tool that has most to do with the message.
    var closest: NormalizedRequest.Tool? {
        let words = longWords(of: prompt)
        let shared = tools.map { words.intersection(longWords(of: spaced($0.name) + " " + $0.description)).count }
        if let most = shared.max(), most > 0 {
            return zip(tools, shared).first { $0.1 == most }?.0
        }
        return tools.count == 1 ? tools.first : tools.first { $0.name.hasPrefix("final") } ?? tools.first
    }

    /// For a model that may call something: a tool a word of whose name begins a word of the message.
    var suggested: NormalizedRequest.Tool? {
        let words = plainWords(of: prompt)
        return tools.first { tool in
            nameWords(of: tool).contains { part in words.contains { $0.hasPrefix(part) } }
        }
    }

    /// For a model that has its results and has to call something: loops over tools end with such a call.
    var final: NormalizedRequest.Tool? {
        let endings = ["final", "answer", "submit", "finish", "done", "output", "return"]
        let last = tools.first { tool in endings.contains { tool.name.lowercased().contains($0) } }
        return last ?? tools.first
    }

    private static let fillers: Set<String> = [
        "tool", "function", "call", "get", "data", "info", "name", "text", "user", "value", "result", "query",
    ]

    private func nameWords(of tool: NormalizedRequest.Tool) -> [String] {
        plainWords(of: spaced(tool.name)).filter { $0.count >= 4 && !Self.fillers.contains($0) }
    }

    private func longWords(of text: String) -> Set<String> {
        Set(plainWords(of: text).filter { $0.count >= 4 })
    }

    /// A name with spaces at underscores, hyphens and changes of case.
    private func spaced(_ name: String) -> String {
        var text = ""
        var previous: Character = " "
        for character in name {
            if character.isUppercase, previous.isLowercase { text.append(" ") }
            text.append(character == "_" || character == "-" ? " " : character)
            previous = character
        }
        return text
    }
}
