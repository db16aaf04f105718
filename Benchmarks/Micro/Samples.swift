/// What is read: as long as it usually is, and always the same.
enum Samples {
    /// As OpenAI's Python library has it.
    static let requestHead = """
        POST /v1/chat/completions HTTP/1.1
        host: gateway.example.org
        accept: application/json
        accept-encoding: gzip, deflate
        connection: keep-alive
        user-agent: OpenAI/Python 2.8.1
        authorization: Bearer ni_live_0123456789abcdefghijABCDEFGHIJ0123456789ab
        content-type: application/json
        x-stainless-arch: x64
        x-stainless-async: false
        x-stainless-lang: python
        x-stainless-os: Linux
        x-stainless-package-version: 2.8.1
        x-stainless-read-timeout: 600
        x-stainless-retry-count: 0
        x-stainless-runtime: CPython
        x-stainless-runtime-version: 3.13.5
        content-length: 1024


        """.replacingLineEnds.bytes

    /// As OpenAI answers.
    static let replyHead = """
        HTTP/1.1 200 OK
        date: Sat, 28 Nov 2026 12:00:00 GMT
        content-type: application/json
        content-length: 2048
        connection: keep-alive
        openai-organization: example
        openai-processing-ms: 512
        openai-version: 2020-10-01
        x-ratelimit-limit-requests: 10000
        x-ratelimit-limit-tokens: 2000000
        x-ratelimit-remaining-requests: 9999
        x-ratelimit-remaining-tokens: 1999000
        x-request-id: req_0123456789abcdef0123456789abcdef
        strict-transport-security: max-age=31536000; includeSubDomains
        server: cloudflare
        cf-ray: 0123456789abcdef-YUL


        """.replacingLineEnds.bytes

    /// A conversation on OpenAI's wire, of so many bytes: a system message, a question, an answer, a tool, and a
    /// question.
    static func chat(_ size: Int, model: String, isStreamed: Bool = false) throws -> [UInt8] {
        try filled(size) { text in
            """
            {"model":"\(model)","messages":[{"role":"system","content":"You are a careful assistant. Be brief."},\
            {"role":"user","content":"What is the tallest mountain of the Yukon?"},\
            {"role":"assistant","content":"Mount Logan: 5,959 m, in the Saint Elias Mountains."},\
            {"role":"user","content":"\(text)"}],\
            "tools":[{"type":"function","function":{"name":"climate","description":"The climate of a place",\
            "parameters":{"type":"object","properties":{"place":{"type":"string"}},"required":["place"]}}}],\
            "temperature":0.2,"max_tokens":512,"user":"u-1"\(isStreamed ? ",\"stream\":true" : "")}
            """
        }
    }

    /// The same on Anthropic's wire.
    static func message(_ size: Int, model: String) throws -> [UInt8] {
        try filled(size) { text in
            """
            {"model":"\(model)","max_tokens":512,"system":"You are a careful assistant. Be brief.","messages":[\
            {"role":"user","content":"What is the tallest mountain of the Yukon?"},\
            {"role":"assistant","content":[{"type":"text","text":"Mount Logan: 5,959 m."}]},\
            {"role":"user","content":[{"type":"text","text":"\(text)"}]}],\
            "tools":[{"name":"climate","description":"The climate of a place",\
            "input_schema":{"type":"object","properties":{"place":{"type":"string"}}}}],"temperature":0.2}
            """
        }
    }

    /// The same on the wire of OpenAI's Responses.
    static func response(_ size: Int, model: String) throws -> [UInt8] {
        try filled(size) { text in
            """
            {"model":"\(model)","instructions":"You are a careful assistant. Be brief.","input":[\
            {"role":"user","content":"What is the tallest mountain of the Yukon?"},\
            {"type":"message","role":"assistant","content":[{"type":"output_text","text":"Mount Logan: 5,959 m."}]},\
            {"role":"user","content":[{"type":"input_text","text":"\(text)"}]}],\
            "tools":[{"type":"function","name":"climate","description":"The climate of a place",\
            "parameters":{"type":"object","properties":{"place":{"type":"string"}}}}],"temperature":0.2}
            """
        }
    }

    /// A body with prose in it that makes it exactly as long as it is to be.
    private static func filled(_ size: Int, _ body: (String) -> String) throws -> [UInt8] {
        let room = size - body("").utf8.count
        guard room >= 0 else { throw Trouble("a body of \(size) bytes has no room for text") }
        let line =
            #"What would a climber meet there in May, and which \"windows\" of weather are usual?\nSay it as a list. "#
        // No escape is cut in two.
        let lines = String(repeating: line, count: room / line.utf8.count)
        return body(lines + String(repeating: ".", count: room - lines.utf8.count)).bytes
    }
}

extension String {
    fileprivate var replacingLineEnds: String {
        split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
    }
}
