import Domain
import Providers
import Testing
import Wire

@Suite struct BedrockErrorTests {
    @Test(arguments: [
        (400, "ValidationException", UpstreamFault.Cause.request, 400),
        (400, "ServiceQuotaExceededException", .limit, 429), (403, "AccessDeniedException", .account, 502),
        (403, "InvalidSignatureException:http://internal.amazon.com/", .account, 502), (401, "", .account, 502),
        (404, "ResourceNotFoundException", .missing, 502), (408, "ModelTimeoutException", .timeout, 504),
        (424, "ModelErrorException", .upstream, 502), (429, "ThrottlingException", .limit, 429),
        (429, "ModelNotReadyException", .unavailable, 503), (500, "InternalServerException", .upstream, 502),
        (503, "ServiceUnavailableException", .unavailable, 503), (503, "", .unavailable, 503),
        (500, "", .upstream, 502), (413, "", .request, 413), (418, "NewException", .request, 400),
    ])
    func `each error has its class`(_ status: Int, name: String, cause: UpstreamFault.Cause, outside: Int) throws {
        let fault = try fault(status, name, #"{"message":"Why."}"#)
        #expect(fault.cause == cause)
        #expect(fault.status == outside)
        #expect(fault.upstreamStatus == status)
    }

    @Test(arguments: ["Input is too long for requested model.", "The model says: prompt is too long: 2 tokens > 1"])
    func `a prompt that is too long says so`(_ message: String) throws {
        let fault = try fault(400, "ValidationException", #"{"message":"\#(message)"}"#)
        #expect(fault.cause == .contextLength)
        #expect(fault.status == 400)
    }

    @Test func `a model that needs an inference profile is the route's mistake`() throws {
        let message = "Invocation of model ID x with on-demand throughput isn’t supported."
        #expect(try fault(400, "ValidationException", #"{"message":"\#(message)"}"#).cause == .missing)
    }

    @Test func `what the model itself refused is the caller's`() throws {
        let body = #"{"message":"Bad image.","originalStatusCode":400,"originalMessage":"x"}"#
        #expect(try fault(424, "ModelErrorException", body).cause == .request)
    }

    @Test func `the class may also stand in the body`() throws {
        let body = ##"{"__type":"com.amazon.coral.service#ThrottlingException","Message":"Slow down."}"##
        let fault = try fault(400, nil, body)
        #expect(fault.cause == .limit)
        #expect(fault.message == "Slow down.")
    }

    @Test func `AWS's words about our credentials stay here`() throws {
        let body = #"{"message":"The canonical string should have been 'x-amz-security-token:SECRET'"}"#
        let fault = try fault(403, "InvalidSignatureException", body)
        #expect(!fault.message.contains("SECRET"))
        #expect(fault.message.contains("InvalidSignatureException"))
    }

    @Test(arguments: ["", "<html>", "null", #"{"message":1}"#])
    func `a body of any kind makes a fault with a sentence`(_ body: String) throws {
        let fault = try fault(500, nil, body, retryAfter: "7")
        #expect(fault.message == "Bedrock failed without saying why.")
        #expect(fault.retryAfter == "7")
    }

    private func fault(
        _ status: Int, _ name: String?, _ body: String, retryAfter: String? = nil
    ) throws -> UpstreamFault {
        let adapter = try BedrockAdapter(route: bedrockRoute(), settings: ProviderSettings())
        let headers = ["x-amzn-errortype": name, "retry-after": retryAfter]
        return Array(body.utf8).withUnsafeBytes { bytes in
            adapter.fault(of: FailedReply(status: status, header: { headers[$0] ?? nil }, body: bytes))
        }
    }
}
