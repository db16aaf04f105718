import Testing
import Wire

@testable import ProviderSimulator

@Suite struct DecidingTests {
    private let weather = NormalizedRequest.Tool(
        name: "get_weather", description: "Current weather in a city",
        parameters: ["type": "object", "properties": ["city": ["type": "string"]], "required": ["city"]])
    private let final = NormalizedRequest.Tool(
        name: "submit_answer",
        parameters: ["type": "object", "properties": ["text": ["type": "string"]], "required": ["text"]])

    private func request(_ prompt: String, _ change: (inout NormalizedRequest) -> Void = { _ in }) -> NormalizedRequest
    {
        var request = NormalizedRequest(model: "sim-basic")
        request.messages = [.init(role: .user, text: prompt)]
        change(&request)
        return request
    }

    private func answer(_ request: NormalizedRequest) -> Answer {
        Answer(to: Conversation(request), region: "ca-sim-1", quirks: [])
    }

    @Test(arguments: [
        ("plain words", "You said: plain words"),
        ("", "Hello from the simulator."),
        ("[[sim:echo]] exactly this ", " exactly this "),
        ("[[sim:spell]]Ana", "A·n·a"),
        ("[[sim:count]]one two  three", "3"),
        ("[[sim:words 3]]", "w1 w2 w3"),
        ("please count to five", "1, 2, 3, 4, 5"),
        ("Which jurisdiction am I in?", "You are talking to sim-basic, served from ca-sim-1."),
        ("[[sim:empty]]hi", ""),
        ("[[sim:say@0 a\\nb]][[sim:words 3]]", "a\nb"),
        ("[[sim:say64@0 w6k=]]", "é"),
    ])
    func `answers with text`(prompt: String, text: String) {
        #expect(answer(request(prompt)).text == text)
    }

    @Test func `the highest turn that was reached has the say`() {
        func turn(_ count: Int) -> String {
            answer(
                request("[[sim:say@0 zero]][[sim:say@2 two]]") { request in
                    for _ in 0..<count {
                        request.messages += [.init(role: .assistant, text: "x"), .init(role: .user, text: "go on")]
                    }
                }
            ).text
        }
        #expect([0, 1, 2, 3].map(turn) == ["zero", "zero", "two", "two"])
    }

    @Test(arguments: [
        ("What is the weather in 'Iqaluit'?", true), ("use get_weather, please", true), ("hello there", false),
    ])
    func `calls the tool that the message is about`(prompt: String, isCalled: Bool) {
        let answer = answer(request(prompt) { $0.tools = [weather, final] })
        #expect(answer.calls.map(\.name) == (isCalled ? ["get_weather"] : []))
        #expect((answer.finish == .toolCalls) == isCalled)
    }

    @Test func `makes arguments from the message`() {
        let answer = answer(request("weather in San Francisco, CA please") { $0.tools = [weather] })
        #expect(answer.calls.first?.arguments == #"{"city":"San Francisco, CA"}"#)
    }

    @Test func `never calls a tool that may not be called`() {
        let answer = answer(
            request("[[sim:tools get_weather]]") {
                $0.tools = [weather]
                $0.choice = .none
            })
        #expect(answer.calls.isEmpty)
    }

    @Test func `tells results that nobody has answered`() {
        let answer = answer(
            request("weather?") { request in
                request.tools = [weather]
                request.messages += [
                    .init(role: .assistant, calls: [ToolCall(id: "1", name: "get_weather", arguments: "{}")]),
                    .init(role: .tool, results: [.init(callID: "1", text: "mild"), .init(callID: "2", text: "wet")]),
                ]
            })
        #expect(answer.text == "Tool results: mild; wet")
    }

    @Test func `a model that has to call something hands its results in`() {
        let answer = answer(
            request("weather?") { request in
                request.tools = [weather, final]
                request.choice = .required
                request.messages += [.init(role: .tool, results: [.init(callID: "1", text: "mild")])]
            })
        #expect(answer.calls.map(\.name) == ["submit_answer"])
        #expect(answer.calls.first?.arguments == #"{"text":"mild"}"#)
    }

    @Test func `keeps only the first call where parallel ones are not allowed`() {
        let answer = answer(
            request("[[sim:call a {}]][[sim:call b {}]]") { $0.allowsParallelCalls = false })
        #expect(answer.calls.map(\.name) == ["a"])
    }

    @Test func `cuts at a stop sequence before it counts tokens`() {
        let answer = answer(
            request("[[sim:words 9]]") {
                $0.stop = ["w7", "w4"]
                $0.maximumTokens = 2
            })
        #expect(answer.text == "w1 w2")
        #expect(answer.finish == .length)
    }

    @Test func `counts words as tokens`() {
        let answer = answer(
            request("one two three") {
                $0.system = "be brief"
                $0.tools = [weather]
            })
        // 2 of the system text, 1 + 3 of the message, 1 + 1 of the tool, whose schema has no white space.
        #expect(answer.usage.input == 8)
        #expect(answer.usage.output == 5)
    }

    @Test func `a schema in the system text shapes a JSON answer`() {
        let answer = answer(
            request("about 'Inuvik' with 7 roads") {
                $0.system =
                    #"Answer as {"type":"object","properties":{"name":{"type":"string"},"n":{"type":"integer"}}}."#
                $0.format = .jsonObject
            })
        #expect(answer.text == #"{"name":"Inuvik","n":7}"#)
    }
}
