import Testing
import Wire

@Suite struct OpenAIEmbeddingTests {
    private let codec = OpenAIEmbeddingsCodec()

    @Test func `vectors of numbers become Base64 and everything else stays`() throws {
        let text =
            #"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[1, -0.5,1e-3]},"#
            + #"{"index":1,"embedding":"AACAPw=="},{"embedding":[]}],"model":"m","#
            + #""usage":{"prompt_tokens":7,"total_tokens":7}}"#
        let facts = try facts(text)
        #expect(facts.usage == ChatUsage(input: 7, output: 0) && facts.model == "m" && facts.vectors.count == 2)
        #expect(
            try packed(text)
                == text.replacing("[1, -0.5,1e-3]", with: #""AACAPwAAAL9vEoM6""#).replacing("[]", with: #""""#))
    }

    @Test(arguments: ["[null]", #"["a"]"#, "[1e99]", "[[1]]", "[0.5,true]"])
    func `a vector with what is no number of single precision stays, and the others don't`(vector: String) throws {
        let text = #"{"data":[{"embedding":[1]},{"embedding":\#(vector)},{"embedding":[1]}]}"#
        #expect(try packed(text) == text.replacing("[1]}", with: #""AACAPw=="}"#).replacing("[[1]]", with: vector))
    }

    @Test func `each number is the nearest one of single precision`() throws {
        let digits = "0.1,-0.023064255714416504,16777217,1e-46,-0.0,1.25e-38"
        let numbers: [Float] = [0.1, -0.023064256, 16_777_216, 0, -0.0, 1.25e-38]
        let text = try JSON(parsing: try packed(#"{"data":[{"embedding":[\#(digits)]}]}"#))
        let bytes = try #require(Base64.decoded(text["data"]?.array?[0]["embedding"]?.string ?? "?"))
        let packed = stride(from: 0, to: bytes.count, by: 4).map { start in
            (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) }
        }
        #expect(packed == numbers.map(\.bitPattern))
    }

    @Test func `an error is found and a total counts where nothing else does`() throws {
        #expect(try facts(#"{"error":{"message":"Broken."}}"#).error == "Broken.")
        #expect(try facts(#"{"usage":{"total_tokens":5}}"#).usage == ChatUsage(input: 5, output: 0))
        #expect(try facts(#"{"usage":null,"data":null}"#).usage == nil)
    }

    // MARK: What is asked

    @Test(arguments: [(#""base64""#, true), (#""float""#, false), (#""int8""#, false), ("null", false)])
    func `Base64 is wanted by whoever asks for it, and other forms are the provider's business`(
        _ value: String, _ wantsBase64: Bool
    ) throws {
        let scan = try scan(#"{"model":"m","input":"a","encoding_format":\#(value),"allow_fallbacks":false}"#)
        #expect(scan.wantsBase64 == wantsBase64 && scan.allowsFallbacks == false)
    }

    @Test func `a form that is no text is refused by the member's name`() {
        #expect(throws: OpenAIRequestError.type("encoding_format", expected: .string)) {
            try scan(#"{"model":"m","input":"a","encoding_format":64}"#)
        }
        #expect(throws: OpenAIRequestError.repeated("encoding_format")) {
            try scan(#"{"model":"m","input":"a","encoding_format":"float","encoding_format":"base64"}"#)
        }
    }

    @Test func `on other surfaces the form of vectors is any member`() throws {
        let text = #"{"model":"m","messages":[{}],"encoding_format":64,"encoding_format":"base64"}"#
        #expect(try !scan(text, of: .openAIChat).wantsBase64)
    }

    private func scan(_ text: String, of wire: ChatWire = .openAIEmbeddings) throws -> ChatScan {
        try Array(text.utf8).withUnsafeBytes { try ChatScan($0, of: wire) }
    }

    private func facts(_ text: String) throws -> ChatReplyFacts {
        try Array(text.utf8).withUnsafeBytes { try codec.facts(ofWhole: $0) }
    }

    private func packed(_ text: String) throws -> String {
        let packing = VectorPacking(of: Array(text.utf8), vectors: try facts(text).vectors)
        return String(decoding: packing.run(), as: UTF8.self)
    }
}
