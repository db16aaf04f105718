import Testing
import Wire

/// A documented member of requests, with a valid value.
struct RequestField: Sendable {
    /// As the documentation has it, such as `messages[].name`; a value behind a colon where there is more than one row.
    let name: String
    /// The members of a request that hold it, as JSON text without the braces.
    let members: String
    /// What has to stand beside it, in the same form.
    let beside: String

    /// The path without a value.
    var path: String { String(name.prefix { $0 != ":" }) }

    /// A line of a table: name, members and, where needed, what stands beside them, with bars between.
    init(line: Substring) {
        let columns = line.split(separator: " | ").map { $0.trimming(" ") }
        name = columns[0]
        members = columns.count > 1 ? columns[1] : ""
        beside = columns.count > 2 ? columns[2] : ""
    }

    static func rows(_ table: String) -> [RequestField] {
        table.split(separator: "\n").filter { $0.contains(" | ") }.map { RequestField(line: $0) }
    }
}

/// Values that are too long for a line, by the words that stand for them in tables.
enum SampleValues {
    /// - Parameter tag: a number that no other request has.
    static func filled(_ text: String, tag: Int) -> String {
        var text = text
        for (word, value) in words { text = text.replacing(word, with: value) }
        return text.replacing("TEXT", with: "\"question \(tag)\"").replacing("NUMBER", with: "\(tag)")
    }

    private static let schema =
        #"{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}"#
    private static let call = #"{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}"#

    private static let words = [
        ("CHAT_TOOL", #"{"type":"function","function":{"name":"f","description":"d","parameters":SCHEMA}}"#),
        ("MESSAGES_TOOL", #"{"name":"f","description":"d","input_schema":SCHEMA}"#),
        ("RESPONSES_TOOL", #"{"type":"function","name":"f","description":"d","parameters":SCHEMA}"#),
        ("ASKED", #"{"role":"user","content":TEXT}"#),
        ("CHAT_CALL", #"{"role":"assistant","content":null,"tool_calls":[\#(call)]}"#),
        ("MESSAGES_CALL", #"{"role":"assistant","content":[{"type":"tool_use","id":"call_1","name":"f","input":{}}]}"#),
        ("RESPONSES_CALL", #"{"type":"function_call","call_id":"call_1","name":"f","arguments":"{}"}"#),
        ("SCHEMA", schema),
        ("PNG_URL", #""data:image/png;base64,\#(png)""#), ("PNG", #""\#(png)""#),
        ("PDF_URL", #""data:application/pdf;base64,\#(pdf)""#), ("PDF", #""\#(pdf)""#),
        ("WAV", #""UklGRgAAAABXQVZF""#),
    ]

    private static let png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
    private static let pdf = "JVBERi0xLjQK"
}

extension StringProtocol {
    func trimming(_ character: Character) -> String {
        var text = self[...]
        while text.first == character { text = text.dropFirst() }
        while text.last == character { text = text.dropLast() }
        return String(text)
    }
}
