import Testing
import Wire

@Suite struct ChatSpliceTests {
    static let ours = [#""allow_fallbacks":false"#, #""pii_substitution":false"#, #""privacy_tier":"provider_api""#]
    static let theirs = [#""model":"route""#, #""messages":[0]"#, #""seed":7"#]

    @Test func `members of our own are cut out wherever they stand`() throws {
        // Every way to put each of our members before, between, behind or out of the others.
        for places in 0..<5 * 5 * 5 {
            let slots = [places % 5, places / 5 % 5, places / 25]
            var members: [String] = []
            for slot in 0..<4 {
                for (index, own) in Self.ours.enumerated() where slots[index] == slot { members.append(own) }
                if slot < 3 { members.append(Self.theirs[slot]) }
            }
            for separator in [",", " , ", "\n,\n"] {
                let text = "{ \(members.joined(separator: separator)) }"
                #expect(try SplicedBody(text).tree() == JSON(parsing: #"{"model":"up","messages":[0],"seed":7}"#))
            }
        }
    }

    @Test func `an upstream's body is the caller's with our members out and the model's name in`() throws {
        var generator = ChatBodyGenerator(seed: 11)
        for _ in 0..<1_500 {
            let text = generator.body()
            let spliced = try SplicedBody(text)
            #expect(Members(spliced.bytes) == Members(Array(text.utf8)).asSent, "\(text)")
        }
    }

    @Test func `what is kept is the caller's bytes in their order and nothing of them twice`() throws {
        var generator = ChatBodyGenerator(seed: 12)
        for _ in 0..<500 {
            let text = generator.body()
            var end = 0
            for range in try SplicedBody(text).kept {
                #expect(range.lowerBound >= end && range.upperBound <= text.utf8.count)
                end = range.upperBound
            }
        }
    }

    @Test(arguments: [
        (#"{"model":"a","messages":[0]}"#, #"{"model":"up","messages":[0]}"#),
        (#" { "model" : "a" , "messages" : [ 0 ] } "#, #" { "model" : "up" , "messages" : [ 0 ] } "#),
        (
            #"{"model":"a","messages":[0],"stream":true}"#,
            #"{"model":"up","messages":[0],"stream":true,"stream_options":{"include_usage":true}}"#
        ),
        (
            #"{"stream":true,"stream_options":{"include_usage":true},"model":"a","messages":[0]}"#,
            #"{"stream":true,"stream_options":{"include_usage":true},"model":"up","messages":[0]}"#
        ),
        (
            #"{"stream":true,"stream_options":{"x":1.50},"model":"a","messages":[0]}"#,
            #"{"stream":true,"stream_options":{"include_usage":true,"x":1.50},"model":"up","messages":[0]}"#
        ),
        (
            #"{"stream":true,"stream_options":{ "x":1, "include_usage" : false },"model":"a","messages":[0]}"#,
            #"{"stream":true,"stream_options":{ "x":1, "include_usage" : true },"model":"up","messages":[0]}"#
        ),
        (
            #"{"stream":true,"stream_options":{ },"model":"a","messages":[0]}"#,
            #"{"stream":true,"stream_options":{"include_usage":true},"model":"up","messages":[0]}"#
        ),
        (
            #"{"stream":true,"stream_options":null,"model":"a","messages":[0]}"#,
            #"{"stream":true,"stream_options":{"include_usage":true},"model":"up","messages":[0]}"#
        ),
        (
            #"{"stream":false,"stream_options":{"include_usage":false},"model":"a","messages":[0]}"#,
            #"{"stream":false,"stream_options":{"include_usage":false},"model":"up","messages":[0]}"#
        ),
        (
            #"{"model":"a","messages":[0],"stream":true,"allow_fallbacks":true}"#,
            #"{"model":"up","messages":[0],"stream":true,"stream_options":{"include_usage":true}}"#
        ),
    ])
    func `only what must change does`(_ text: String, _ expected: String) throws {
        #expect(String(decoding: try SplicedBody(text).bytes, as: UTF8.self) == expected)
    }

    @Test(arguments: [
        (nil, #"{"v":1,"messages":[0]}"#), ("", #"{"v":1,"messages":[0]}"#),
        ("a-1", #"{"v":1,"anthropic_beta":["a-1"],"messages":[0]}"#),
        ("a-1, b\"2,a-1,,", #"{"v":1,"anthropic_beta":["a-1","b\"2"],"messages":[0]}"#),
    ])
    func `what is in trial stands in the body where the upstream wants it there`(
        _ betas: String?, _ expected: String
    ) throws {
        let text = #"{"model":"a","messages":[0],"stream":true}"#
        let body = try SplicedBody(text, of: .anthropicMessages, Self.inBody.adding(betas: betas))
        #expect(String(decoding: body.bytes, as: UTF8.self) == expected)
    }

    @Test func `what a caller says is in trial in the body stays as it came, and nothing is added`() throws {
        for own in [#""anthropic_beta" : [ "c" ]"#, #""anthropic_beta":null"#] {
            let text = #"{"model":"a","messages":[0],\#(own)}"#
            let body = try SplicedBody(text, of: .anthropicMessages, Self.inBody.adding(betas: "a-1"))
            #expect(String(decoding: body.bytes, as: UTF8.self) == #"{"v":1,"messages":[0],\#(own)}"#)
            let passed = try SplicedBody(text, of: .anthropicMessages, PassageEdits(model: .replaced(by: "up")))
            #expect(String(decoding: passed.bytes, as: UTF8.self) == #"{"model":"up","messages":[0],\#(own)}"#)
        }
    }

    /// As Bedrock has it.
    private static var inBody: PassageEdits {
        var edits = PassageEdits(model: .removed)
        edits.inserted = Array(#""v":1,"#.utf8)
        edits.removesStream = true
        edits.betas = []
        return edits
    }

    @Test func `a model's name is escaped as JSON wants it`() throws {
        let body = try SplicedBody(#"{"model":"a","messages":[0]}"#, model: "a\"b\\c\u{1}é")
        #expect(try body.tree()["model"] == "a\"b\\c\u{1}é")
    }
}

/// The members of an object as they are written, by their names, in order: repeated ones stay repeated.
private struct Members: Equatable {
    var all: [Pair] = []

    struct Pair: Equatable {
        let name: String
        var value: String
    }

    init(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { buffer in
            guard var scanner = try? JSONScanner(buffer), (try? scanner.enterObject()) != nil else { return }
            while let key = try? scanner.nextKey(), let span = try? scanner.skipValue() {
                let value = String(decoding: buffer[rebasing: span.range], as: UTF8.self)
                all.append(Pair(name: scanner.string(of: key), value: value))
            }
            if (try? scanner.end()) == nil { all = [] }
        }
    }

    /// What an upstream should get, worked out in another way than the splice does it.
    var asSent: Members {
        var sent = self
        sent.all.removeAll { ["allow_fallbacks", "pii_substitution", "privacy_tier"].contains($0.name) }
        for index in sent.all.indices where sent.all[index].name == "model" { sent.all[index].value = #""up""# }
        guard all.contains(Pair(name: "stream", value: "true")) else { return sent }
        guard let index = sent.all.firstIndex(where: { $0.name == "stream_options" }) else {
            sent.all.append(Pair(name: "stream_options", value: #"{"include_usage":true}"#))
            return sent
        }
        sent.all[index].value = Self.options[sent.all[index].value] ?? sent.all[index].value
        return sent
    }

    private static let options = [
        "{}": #"{"include_usage":true}"#, "null": #"{"include_usage":true}"#,
        #"{ "include_usage" : false , "x":[1] }"#: #"{ "include_usage" : true , "x":[1] }"#,
        #"{"include_obfuscation":false}"#: #"{"include_usage":true,"include_obfuscation":false}"#,
        #"{"a":0,"a":1, "include_usage":null}"#: #"{"a":0,"a":1, "include_usage":true}"#,
    ]
}

/// A body as an upstream gets it.
private struct SplicedBody: SpliceEdits {
    private(set) var bytes: [UInt8] = []
    private(set) var kept: [Range<Int>] = []
    private var original: [UInt8]

    init(_ text: String, model: String = "up") throws {
        try self.init(text, of: .openAIChat, PassageEdits(model: .replaced(by: model)))
    }

    init(_ text: String, of wire: ChatWire, _ changes: PassageEdits) throws {
        original = Array(text.utf8)
        var edits = self
        try original.withUnsafeBytes { buffer in
            try ChatScan(buffer, of: wire).splice(changes, of: buffer, into: &edits)
        }
        self = edits
    }

    mutating func keep(_ range: Range<Int>) {
        kept.append(range)
        bytes += original[range]
    }

    mutating func insert(_ inserted: [UInt8]) { bytes += inserted }

    func tree() throws -> JSON { try JSON(parsing: bytes) }
}
