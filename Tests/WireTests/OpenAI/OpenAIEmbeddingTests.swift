import Testing
import Wire

@Suite struct OpenAIEmbeddingTests {
    @Test(
        arguments: [
            (#""hi""#, .text, 1, 1), (#"["a","b é"]"#, .texts(count: 2), 2, 2), ("[1,2,3]", .tokens, 1, 0),
            ("[[1,2],[3]]", .tokenLists(count: 2), 2, 0),
        ] as [(String, OpenAIEmbeddingScan.Input, Int, Int)])
    func `the input comes in four forms`(
        _ input: String, _ form: OpenAIEmbeddingScan.Input, _ count: Int, _ texts: Int
    ) throws {
        let scan = try scan(#"{"model":"m","input":\#(input)}"#)
        #expect(scan.input == form && scan.input.count == count && scan.texts.count == texts)
    }

    @Test func `what the gateway decides on is found`() throws {
        let body =
            #"{"input":["a","bc"],"dimensions":256,"encoding_format":"base64","user":"u","model":"m","made_up":1}"#
        let scan = try scan(body)
        #expect(scan.model == "m" && scan.dimensions == 256 && scan.encoding == .base64)
        let bytes = Array(body.utf8)
        #expect(scan.texts.map { String(decoding: bytes[$0], as: UTF8.self) } == [#""a""#, #""bc""#])
        #expect(scan.user.map { String(decoding: bytes[$0], as: UTF8.self) } == #""u""#)
    }

    @Test func `an upstream gets its own name of the model and none of our members`() throws {
        let body = #"{ "allow_fallbacks":true , "model" : "m", "input":[ "a" ],"encoding_format":"base64" }"#
        let scan = try scan(body, ours: ["allow_fallbacks"])
        #expect(scan.ours == ["allow_fallbacks": true])
        #expect(spliced(scan, body, encoding: nil) == #"{"model":"up","input":[ "a" ],"encoding_format":"base64"}"#)
        #expect(spliced(scan, body, encoding: .float) == #"{"model":"up","input":[ "a" ],"encoding_format":"float"}"#)
    }

    @Test(
        arguments: [
            ("[]", .type("body", expected: "an object")), (#"{"input":"a"}"#, .missing("model")),
            (#"{"model":"m"}"#, .missing("input")), (#"{"model":7,"input":"a"}"#, .type("model", expected: "a string")),
            (#"{"model":"m","input":[]}"#, .value("input", message: "'input' must not be empty.")),
            (#"{"model":"m","input":7}"#, .type("input", expected: "a string or an array")),
            (#"{"model":"m","input":[null]}"#, .type("input", expected: "an array of strings or of token ids")),
            (#"{"model":"m","input":"a","model":"n"}"#, .repeated("model")),
            (
                #"{"model":"m","input":"a","dimensions":0}"#,
                .value("dimensions", message: "'dimensions' must be at least 1.")
            ),
            (
                #"{"model":"m","input":"a","encoding_format":"hex"}"#,
                .value("encoding_format", message: "'encoding_format' must be float or base64.")
            ),
            (
                #"{"model":"m","input":["a",1]}"#,
                .type("input", expected: "an array of one kind: strings, token ids, or arrays of token ids")
            ),
        ] as [(String, OpenAIRequestError)])
    func `what is wrong with a request is told by its member`(_ body: String, _ error: OpenAIRequestError) {
        #expect(throws: error) { try scan(body) }
    }

    @Test func `what is no JSON is told as that`() {
        #expect(throws: OpenAIRequestError.self) { try scan(#"{"model":"m","input":["a"}"#) }
    }

    @Test func `vectors of numbers become Base64 and everything else stays`() throws {
        let text =
            #"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[1, -0.5,1e-3]},"#
            + #"{"index":1,"embedding":"AACAPw=="},{"embedding":[]}],"model":"m","#
            + #""usage":{"prompt_tokens":7,"total_tokens":7}}"#
        let scan = try replyScan(text)
        #expect(scan.usage == ChatUsage(input: 7, output: 0) && scan.model == "m" && scan.count == 3)
        var out: [UInt8] = []
        try Array(text.utf8).withUnsafeBytes { try scan.writeAsBase64($0, to: &out) }
        #expect(
            String(decoding: out, as: UTF8.self)
                == text.replacing("[1, -0.5,1e-3]", with: #""AACAPwAAAL9vEoM6""#).replacing("[]", with: #""""#))
    }

    @Test(arguments: ["[null]", #"["a"]"#, "[1e99]", "[[1]]"])
    func `what is no number of single precision is refused`(_ vector: String) throws {
        let text = #"{"data":[{"embedding":\#(vector)}]}"#
        let scan = try replyScan(text)
        #expect(throws: JSONError.self) {
            var out: [UInt8] = []
            try Array(text.utf8).withUnsafeBytes { try scan.writeAsBase64($0, to: &out) }
        }
    }

    @Test func `an error is found and a total counts where nothing else does`() throws {
        #expect(try replyScan(#"{"error":{"message":"Broken."}}"#).error == "Broken.")
        #expect(try replyScan(#"{"usage":{"total_tokens":5}}"#).usage == ChatUsage(input: 5, output: 0))
        #expect(try replyScan(#"{"usage":null,"data":null}"#).usage == nil)
    }

    private struct Pieces: SpliceEdits {
        let body: [UInt8]
        var out: [UInt8] = []
        mutating func keep(_ range: Range<Int>) { out += body[range] }
        mutating func insert(_ bytes: [UInt8]) { out += bytes }
    }

    private func spliced(
        _ scan: OpenAIEmbeddingScan, _ body: String, encoding: OpenAIEmbeddingScan.Encoding?
    ) -> String {
        var pieces = Pieces(body: Array(body.utf8))
        scan.splice(model: "up", encoding: encoding, into: &pieces)
        return String(decoding: pieces.out, as: UTF8.self)
    }

    private func scan(_ body: String, ours: Set<String> = []) throws -> OpenAIEmbeddingScan {
        try Array(body.utf8).withUnsafeBytes { try OpenAIEmbeddingScan($0, ours: ours) }
    }

    private func replyScan(_ text: String) throws -> OpenAIEmbeddingReplyScan {
        try Array(text.utf8).withUnsafeBytes { try OpenAIEmbeddingReplyScan($0) }
    }
}
