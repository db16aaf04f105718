import Testing

@testable import Providers

@Suite struct VertexFaultTests {
    private func fault(_ status: Int, _ body: String, headers: [String: String] = [:]) throws -> UpstreamFault {
        let adapter = try VertexFixture.adapter()
        return Array(body.utf8).withUnsafeBytes {
            adapter.fault(of: FailedReply(status: status, header: { headers[$0] }, body: $0))
        }
    }

    @Test(arguments: [
        (400, UpstreamFault.Cause.request, 400), (401, .account, 502), (403, .account, 502), (404, .missing, 502),
        (408, .timeout, 504), (499, .timeout, 504), (504, .timeout, 504), (409, .unavailable, 409),
        (413, .request, 413),
        (429, .limit, 429), (500, .upstream, 502), (501, .upstream, 502), (502, .upstream, 502),
        (503, .unavailable, 503), (302, .upstream, 502),
    ])
    func `keeps the class of an error`(_ status: Int, _ cause: UpstreamFault.Cause, _ ours: Int) throws {
        for body in [#"{"error":{"code":\#(status),"message":"Why"}}"#, "<html>Not here</html>", "", "[]"] {
            let fault = try fault(status, body)
            #expect(fault.cause == cause)
            #expect(fault.status == ours)
            #expect(fault.upstreamStatus == status)
            #expect(!fault.message.contains("<"))
        }
    }

    @Test func `passes Google's words on, also out of a list`() throws {
        let body = #"[{"error":{"code":400,"message":"Unknown name \"x\"","status":"INVALID_ARGUMENT"}}]"#
        #expect(try fault(400, body).message == "Unknown name \"x\"")
    }

    @Test func `knows a prompt that is too long`() throws {
        let message = "The input token count (1048577) exceeds the maximum number of tokens allowed (1048576)."
        #expect(try fault(400, #"{"error":{"code":400,"message":"\#(message)"}}"#).cause == .contextLength)
    }

    @Test(arguments: [("12s", "12"), ("0.2s", "1"), ("0s", "0"), ("1e400s", nil), ("-1s", nil), ("x", nil)])
    func `rounds the retry delay up to whole seconds`(_ delay: String, _ seconds: String?) throws {
        let body =
            #"{"error":{"code":429,"message":"m","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","#
            + #""reason":"RATE_LIMIT_EXCEEDED"},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"\#(delay)"}]}}"#
        #expect(try fault(429, body).retryAfter == seconds)
        #expect(try fault(429, body, headers: ["retry-after": "30"]).retryAfter == seconds ?? "30")
        #expect(try fault(429, body, headers: ["retry-after": "-9"]).retryAfter == seconds)
    }

    @Test(arguments: [401, 403, 404])
    func `doesn't tell callers the gateway's project or account`(_ status: Int) throws {
        let fault = try fault(
            status,
            #"""
            {"error":{"code":403,"message":"Permission denied on projects/p-1 for a@p-1.iam.gserviceaccount.com",
             "status":"PERMISSION_DENIED","details":[{"reason":"SERVICE_DISABLED"}]}}
            """#)
        #expect(!fault.message.contains("p-1"))
        #expect(fault.message.contains("PERMISSION_DENIED, SERVICE_DISABLED"))
    }
}
