import Testing
import Wire

@Suite struct ResponsesScanTests {
    @Test(
        arguments: [
            (#"{"model":"a","input":"x"}"#, #"{"model":"up","input":"x","store":false}"#),
            (#"{"store":true,"model":"a","input":"x"}"#, #"{"store":false,"model":"up","input":"x"}"#),
            (#"{"model":"a","input":"x","store":null}"#, #"{"model":"up","input":"x","store":false}"#),
            (
                #"{"model":"a","input":[],"stream":true,"allow_fallbacks":false}"#,
                #"{"model":"up","input":[],"stream":true,"store":false}"#
            ),
            (
                #"{"background":false,"previous_response_id":null,"model":"a","input":"x","store":false}"#,
                #"{"background":false,"previous_response_id":null,"model":"up","input":"x","store":false}"#
            ),
        ])
    func `a body that passes on says that nothing is stored`(_ body: String, _ expected: String) throws {
        #expect(try spliced(body) == expected)
    }

    @Test(
        arguments: [
            (#""previous_response_id":"resp_1""#, "previous_response_id"), (#""conversation":"c""#, "conversation"),
            (#""conversation":{"id":"c"}"#, "conversation"), (#""background":true"#, "background"),
            (#""prompt":{"id":"p"}"#, "prompt"),
        ])
    func `what needs storage isn't offered on the way through either`(_ member: String, _ name: String) throws {
        let error = try #require(throws: ChatRequestError.self) { try scan(#"{"model":"a","input":"x",\#(member)}"#) }
        guard case .notOffered(name, _) = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test(arguments: [#""store":"no""#, #""background":1"#, #""store":true,"store":false"#, #""st\u006fre":true"#])
    func `a member that would be read in two ways is refused`(_ member: String) {
        #expect(throws: ChatRequestError.self) { try scan(#"{"model":"a","input":"x",\#(member)}"#) }
    }

    @Test func `other wires may use these names for what they like`() throws {
        let body = #"{"model":"a","messages":[0],"store":true,"prompt":{"id":"p"},"background":7,"conversation":"c"}"#
        _ = try Array(body.utf8).withUnsafeBytes { try ChatScan($0, of: .openAIChat) }
    }

    private func scan(_ body: String) throws -> ChatScan {
        try Array(body.utf8).withUnsafeBytes { try ChatScan($0, of: .openAIResponses) }
    }

    private struct Pieces: SpliceEdits {
        let body: [UInt8]
        var out: [UInt8] = []
        mutating func keep(_ range: Range<Int>) { out += body[range] }
        mutating func insert(_ bytes: [UInt8]) { out += bytes }
    }

    private func spliced(_ body: String) throws -> String {
        var pieces = Pieces(body: Array(body.utf8))
        let scan = try scan(body)
        Array(body.utf8).withUnsafeBytes {
            scan.splice(PassageEdits(model: .replaced(by: "up")), of: $0, into: &pieces)
        }
        return String(decoding: pieces.out, as: UTF8.self)
    }
}
