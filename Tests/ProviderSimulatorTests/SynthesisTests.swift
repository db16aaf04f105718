import Testing
import Wire

@testable import ProviderSimulator

@Suite struct SynthesisTests {
    private func made(_ schema: JSON, _ text: String) -> String { Synthesizer.value(for: schema, from: text).text() }

    @Test(arguments: [
        (#"{"const":4}"#, "x", "4"),
        (#"{"enum":["town","village"]}"#, "a Village, not a town", #""village""#),
        (#"{"type":"integer","minimum":10}"#, "from 3 to 42", "42"),
        (#"{"type":"integer","minimum":7,"maximum":9,"multipleOf":4}"#, "none", "8"),
        (#"{"type":"number"}"#, "costs 1.50 now", "1.5"),
        (#"{"type":"boolean"}"#, "do not", "false"),
        (#"{"type":["null","boolean"]}"#, "do", "true"),
        (#"{"type":"array","items":{"type":"string"}}"#, "'a' and “b”, it's « c »", #"["a","b","c"]"#),
        (#"{"type":"array","items":{"type":"integer"},"minItems":2}"#, "4 and 5 and 6", "[4,5]"),
        (#"{"type":"string","format":"date"}"#, "x", #""2026-01-02""#),
        (#"{"type":"string","pattern":"^[A-Z]{2}[0-9]{2}$"}"#, "x", #""AB12""#),
        (#"{"type":"string","maxLength":3}"#, "'abcdef'", #""abc""#),
        (#"{"anyOf":[{"type":"null"},{"type":"integer"}]}"#, "9", "9"),
        (
            #"{"allOf":[{"properties":{"a":{"type":"integer"}}},{"properties":{"b":{"type":"integer"}}}]}"#, "1 2",
            #"{"a":1,"b":2}"#
        ),
        (#"{"type":"object","properties":{"a":{"type":"integer","default":3}}}"#, "5", #"{"a":3}"#),
        (#"{"type":"object","required":["who"]}"#, "who is Ana", #"{"who":"Ana"}"#),
    ])
    func `makes a value that fits`(schema: String, text: String, value: String) throws {
        #expect(made(try JSON(parsing: schema), text) == value)
    }

    @Test func `takes a value that the text gives by name`() throws {
        let schema = try JSON(parsing: #"{"properties":{"first_name":{"type":"string"},"age":{"type":"string"}}}"#)
        #expect(made(schema, "First name: Zoé, age=31; 'quoted'") == #"{"first_name":"Zoé","age":"31"}"#)
    }

    @Test func `a schema that refers to itself comes to an end`() throws {
        let schema = try JSON(
            parsing: """
                {"$defs":{"n":{"type":"object","properties":{"l":{"$ref":"#/$defs/n"},"r":{"$ref":"#/$defs/n"},
                "m":{"$ref":"#/$defs/n"}},"required":["l","r"]}},"$ref":"#/$defs/n"}
                """)
        #expect(made(schema, "x").utf8.count < 100_000)
        let circle = try JSON(parsing: ##"{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/a"}}}"##)
        #expect(made(circle, "x") == #""x""#)
    }

    @Test(arguments: [
        "it's fine, don't 'worry' now", "The 'worry'", "“worry”",
    ])
    func `an apostrophe is no quotation mark`(text: String) {
        #expect(SourceText(text).quotations == ["worry"])
    }

    @Test func `a phrase is a run of capitals after the first word of a sentence`() {
        #expect(
            SourceText("Go to San Francisco, CA. Then Paris and Rome!").phrases == [
                "San Francisco, CA", "Paris", "Rome",
            ])
    }
}
