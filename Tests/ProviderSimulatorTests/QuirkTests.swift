import Testing
import Wire

@testable import ProviderSimulator

@Suite struct QuirkTests {
    private func desk(_ quirk: Quirk) -> Desk {
        var desk = Desk()
        desk.settings.quirks = ["sim-basic": [quirk]]
        return desk
    }

    private let usage: JSONObject = ["stream_options": ["include_usage": true]]

    @Test func `a stream can lack its last line`() {
        #expect(!desk(.noDone).ask(.openAI, "hi", stream: true).text.contains("[DONE]"))
    }

    @Test func `usage can ride with the finish reason`() {
        let events = desk(.usageInLastChoice).ask(.openAI, "hi", stream: true, extra: usage).events
        #expect(events.last?["choices"]?.array?.first?["finish_reason"]?.string == "stop")
        #expect(events.last?["usage"]?["prompt_tokens"]?.int == 2)
    }

    @Test func `usage has a chunk of its own otherwise`() {
        let events = Desk().ask(.openAI, "hi", stream: true, extra: usage).events
        #expect(events.last?["choices"] == [])
        #expect(events.dropLast().allSatisfy { $0["usage"] == .some(nil) })
    }

    @Test func `the model can come back under another name`() {
        #expect(desk(.renamedModel).ask(.openAI, "hi").json["model"]?.string == "sim-basic@main")
    }

    @Test func `unknown members can stand beside the known`() {
        #expect(desk(.extraFields).ask(.openAI, "hi").json["timings"] != nil)
    }

    @Test func `text can come before a call`() {
        let message = desk(.contentBeforeCall).ask(.openAI, "[[sim:call f {}]]").json["choices"]?.array?.first?[
            "message"]
        #expect(message?["content"]?.string?.isEmpty == false)
        #expect(message?["tool_calls"]?.array?.count == 1)
    }

    @Test func `arguments can arrive in one piece`() {
        let prompt = #"[[sim:call f {"city":"Montréal"}]]"#
        #expect(desk(.wholeArguments).ask(.openAI, prompt, stream: true).text.contains(#"{\"city\":\"Montréal\"}"#))
        #expect(!Desk().ask(.openAI, prompt, stream: true).text.contains(#"{\"city\":\"Montréal\"}"#))
    }

    @Test func `comments can stand between events`() {
        #expect(desk(.commentLines).ask(.openAI, "hi", stream: true).text.contains("\n: ping\n\ndata: "))
    }

    @Test func `lines can end in CRLF`() {
        let text = desk(.crlf).ask(.anthropic, "hi", stream: true).text
        #expect(text.contains("event: message_start\r\ndata: {"))
        #expect(text.hasSuffix("}\r\n\r\n"))
    }

    @Test func `content can be absent beside calls`() {
        let message = desk(.nullContent).ask(.openAI, "[[sim:call f {}]]").json["choices"]?.array?.first?["message"]
        #expect(message?["content"] == nil)
        #expect(Desk().ask(.openAI, "[[sim:call f {}]]").text.contains(#""content":null"#))
    }

    @Test func `a request error can be answered as the server's own`() {
        var desk = desk(.serverErrorForBadRequest)
        desk.settings.visionless = ["sim-basic"]
        let image: JSON = [["type": "image_url", "image_url": ["url": "data:image/png;base64,AAAA"]]]
        let call = Call(
            method: "POST", target: "/v1/chat/completions", headers: ["authorization": "Bearer sim"],
            body: (["model": "sim-basic", "messages": [["role": "user", "content": image]]] as JSON).bytes())
        #expect(desk.ask(call).status == 500)
        desk.settings.quirks = [:]
        #expect(desk.ask(call).status == 400)
    }
}
