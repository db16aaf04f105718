import AsyncHTTPClient
import CustodyLog
import Domain
import NIOCore
import NIOHTTP1
import NIOSSL

/// Asks a witness to cosign, over HTTP (C2SP tlog-witness, section "add-checkpoint").
struct WitnessCall: Sendable {
    private let client: HTTPClient
    private let mostTime: Duration

    /// Lines of signatures, of which one is waited for.
    private static let mostBytes = 16 << 10

    /// Redirections aren't followed: who is configured is asked, and nobody else.
    static var clientConfiguration: HTTPClient.Configuration {
        .direct(connect: .seconds(5), read: .seconds(10))
    }

    init(_ client: HTTPClient, mostTime: Duration = .seconds(20)) {
        self.client = client
        self.mostTime = mostTime
    }

    func answer(of witness: Witness, to request: WitnessRequest) async -> WitnessAnswer {
        do {
            return try await within(mostTime) { try await ask(witness, request) }
        } catch is TimeIsUp {
            return .failure("It took longer than \(mostTime) to answer.")
        } catch is NIOTooManyBytesError {
            return .failure("Its answer is longer than \(Self.mostBytes) bytes.")
        } catch let error as HTTPClientError {
            return .failure("It didn't answer as it should: \(error.shortDescription).")
        } catch is NIOSSLError, is NIOSSLExtraError {
            return .failure("Its certificate isn't trusted, or isn't one for its name.")
        } catch {
            return .failure("No connection can be made, or it broke. Check its URL, and what this machine may reach.")
        }
    }

    private func ask(_ witness: Witness, _ request: WitnessRequest) async throws -> WitnessAnswer {
        var call = HTTPClientRequest(url: witness.url + "/add-checkpoint")
        call.method = .POST
        call.headers.add(name: "user-agent", value: "northern/\(Northern.version)")
        call.headers.add(name: "content-type", value: "text/plain; charset=utf-8")
        call.body = .bytes(request.body)
        let reply = try await client.execute(call, deadline: .now() + TimeAmount(mostTime))
        let body = try await reply.body.collect(upTo: Self.mostBytes)
        // A body that is no longer read looks as if it were over.
        try Task.checkCancellation()
        let status = Int(reply.status.code)
        if status == 409, reply.headers.first(name: "content-type")?.hasPrefix("text/x.tlog.size") != true {
            return .reply(status: status, [])
        }
        return .reply(status: status, Array(body.readableBytesView))
    }
}
