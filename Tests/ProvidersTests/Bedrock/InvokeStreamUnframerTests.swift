import Foundation
import Providers
import Testing
import Wire

/// What is taken out of the frames of InvokeModelWithResponseStream.
@Suite struct InvokeStreamUnframerTests {
    @Test(arguments: [
        #"{"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{"zz":1.50}}}"#,
        #" { "a" : [1e3,"\u00e9\/"] ,"type" : "message_start","é":"🍁" }  "#,
    ])
    func `an event keeps each of its bytes`(event: String) throws {
        let type = try #require(try JSON(parsing: event)["type"]?.string)
        #expect(try Unframed([.chunk(event)]).text == "event: \(type)\ndata: \(event)\n\n")
    }

    @Test func `an event that stands in several lines comes in one, and says the same`() throws {
        let event = "\r\n{\n\n\"type\": \"ping\",\r\"a\": \"b\\n\"}\n"
        let unframed = try Unframed([.chunk(event)])
        #expect(unframed.text == "event: ping\ndata:   {  \"type\": \"ping\", \"a\": \"b\\n\"} \n\n")
        var reader = SSEReader()
        var data: [JSON] = []
        try Array(unframed.text.utf8).withUnsafeBytes { bytes in
            try reader.receive(bytes) { data.append(try JSON($0.data)) }
        }
        #expect(try data == [JSON(parsing: event)])
    }

    @Test func `no type makes an event of its own`() throws {
        let event = #"{"type":"a\n\nevent: message_stop\ndata: {}"}"#
        let stream = try Unframed([.chunk(event), .chunk(#"{"b":1}"#)]).text
        #expect(stream.components(separatedBy: "\n\n").count == 3)
        #expect(stream.hasSuffix("\n\ndata: {\"b\":1}\n\n"))
    }

    @Test func `what came before a fault passes`() throws {
        let unframed = try Unframed([.chunk(#"{"type":"ping"}"#), .exception("throttlingException", "Slow down.")])
        #expect(unframed.text == "event: ping\ndata: {\"type\":\"ping\"}\n\n")
        #expect(unframed.fault?.cause == .limit && unframed.fault?.status == 429)
    }

    @Test func `an error of the model's is told in its own class`() throws {
        let error = #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#
        let unframed = try Unframed([.chunk(error)])
        #expect(unframed.text.isEmpty)
        #expect(unframed.fault?.cause == .unavailable && unframed.fault?.message == "Overloaded")
    }

    @Test(arguments: ["", "{", "[]", "null", "hello", #"{"type":"ping"} x"#, "{\"type\":\"pi\nng\"}"])
    func `what is no event is a fault`(event: String) throws {
        let unframed = try Unframed([.chunk(event)])
        #expect(unframed.text.isEmpty && unframed.fault?.cause == .malformed)
    }

    @Test func `a frame whose checksum is wrong is a fault, and one that is cut`() throws {
        let frame = BedrockFrame.chunk(#"{"type":"ping"}"#).bytes
        for place in frame.indices {
            var damaged = frame
            damaged[place] ^= 1
            let unframed = try Unframed(of: damaged)
            #expect(unframed.text.isEmpty && unframed.fault != nil)
        }
        for count in 1..<frame.count {
            #expect(try Unframed(of: Array(frame.prefix(count))).fault?.cause == .truncated)
        }
    }

    @Test func `frames of other kinds are skipped`() throws {
        let stream = try Unframed([.event("somethingNew", "{}"), .chunk(#"{"type":"ping"}"#)]).text
        #expect(stream == "event: ping\ndata: {\"type\":\"ping\"}\n\n")
    }
}

/// A frame of Bedrock's.
private struct BedrockFrame {
    let bytes: [UInt8]

    private init(_ kind: String, _ name: String, _ payload: JSON) {
        let headers = [(":\(kind)-type", name), (":content-type", "application/json"), (":message-type", kind)]
        bytes = EventStreamMessage(headers: headers.map { ($0, .string($1)) }, payload: payload.bytes()).encoded()
    }

    static func event(_ name: String, _ text: String) -> BedrockFrame {
        BedrockFrame("event", name, ["bytes": .string(Base64.encoded(Array(text.utf8))), "p": "abc"])
    }

    static func chunk(_ text: String) -> BedrockFrame { event("chunk", text) }

    static func exception(_ name: String, _ message: String) -> BedrockFrame {
        BedrockFrame("exception", name, ["message": .string(message)])
    }
}

/// What becomes of frames.
private struct Unframed {
    private(set) var text = ""
    private(set) var fault: UpstreamFault?

    init(_ frames: [BedrockFrame]) throws { try self.init(of: frames.flatMap(\.bytes)) }

    init(of stream: [UInt8]) throws {
        let adapter = try BedrockAnthropicAdapter(
            route: bedrockRoute(region: "ca-central-1"), settings: ProviderSettings())
        var unframer = try #require(adapter.unframer)
        var events: [UInt8] = []
        do throws(UpstreamFault) {
            try stream.withUnsafeBufferPointer { bytes throws(UpstreamFault) in
                try unframer.receive(UnsafeRawBufferPointer(bytes), into: &events)
            }
            try unframer.end()
        } catch {
            fault = error
        }
        text = String(decoding: events, as: UTF8.self)
    }
}
