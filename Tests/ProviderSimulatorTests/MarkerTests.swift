import Testing

@testable import ProviderSimulator

@Suite struct MarkerTests {
    @Test func `markers are taken out of the text`() {
        let text = MarkedText("a [[sim:words 3]]b[[sim:tpot 5]] c")
        #expect(text.rest == "a b c")
        #expect(text.markers.map(\.name) == ["words", "tpot"])
        #expect(text.markers.map(\.argument) == ["3", "5"])
    }

    @Test func `a marker can name a turn`() {
        let marker = MarkedText("[[sim:say@12 Hello, world]]").markers.first
        #expect(marker == Marker(name: "say", turn: 12, argument: "Hello, world"))
    }

    @Test(arguments: ["[[sim:]]", "[[sim:Words 3]]", "[[sim:words 3", "[[sim:say@x y]]", "[sim:words 3]"])
    func `what is no marker stays in the text`(text: String) {
        #expect(MarkedText(text).rest == text)
        #expect(MarkedText(text).markers.isEmpty)
    }

    @Test func `an argument may end in a bracket`() {
        #expect(MarkedText("[[sim:say [x]]]!").markers.first?.argument == "[x]")
    }

    @Test func `a call's arguments may hold the end of a marker`() {
        let text = MarkedText(#"[[sim:call f {"a":[[1]],"b":"]]"}]]rest"#)
        #expect(text.rest == "rest")
        #expect(Directives(text.markers).calls.first?.arguments == #"{"a":[[1]],"b":"]]"}"#)
    }

    @Test func `numbers out of range are brought back into it`() {
        let text = "[[sim:delay 99999999999999999999]][[sim:delay 999999999]][[sim:status 7]][[sim:chunk 0]]"
        let directives = Directives(MarkedText(text).markers)
        #expect(directives.timing.beforeBody == 600_000)
        #expect(directives.failure == .status(500, retryAfter: nil))
        #expect(directives.pieceLength == 1)
    }

    @Test func `usage counters are read by name`() {
        let usage = Directives(MarkedText("[[sim:usage in=31 out=12 cache-read=5 what=1 reasoning=-4]]").markers).usage
        #expect(usage == Directives.UsageOverride(input: 31, output: 12, cacheRead: 5))
    }
}
