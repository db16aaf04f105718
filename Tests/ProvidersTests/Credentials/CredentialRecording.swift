import Domain
import Testing
import Wire

@testable import Providers

/// What the tests of credential sources share: recorded answers, and a look at what is asked.
enum Recorded {
    static let now = Timestamp(seconds: 1_795_335_391)

    static func answer(_ body: String, status: Int = 200, headers: [String: String] = [:]) -> CredentialAnswer {
        CredentialAnswer(status: status, headers: headers, body: Array(body.utf8), askedAt: now)
    }
}

extension CredentialIssuer {
    /// The lines of the head that it asks with, and its body.
    func asked(after answers: CredentialAnswer...) throws -> (lines: [String], body: String, url: String) {
        guard case .ask(let call) = try next(after: answers, at: Recorded.now) else {
            Issue.record("it should ask")
            return ([], "", "")
        }
        #expect(endpoints.contains(call.endpoint), "it asks nobody that it doesn't name")
        let lines = String(decoding: call.request.head, as: UTF8.self).split(separator: "\r\n").map { String($0) }
        guard case .bytes(let body) = call.request.body else { return (lines, "", call.endpoint.url) }
        return (lines, String(decoding: body, as: UTF8.self), call.endpoint.url)
    }

    /// The file that it wants to read.
    func file(after answers: CredentialAnswer...) throws -> String? {
        guard case .read(let file) = try next(after: answers, at: Recorded.now) else { return nil }
        return file
    }

    func issued(after answers: CredentialAnswer...) throws -> IssuedCredential {
        guard case .done(let issued) = try next(after: answers, at: Recorded.now) else {
            Issue.record("it should be done")
            return IssuedCredential(.none, issuedAt: Recorded.now, expiresAt: nil)
        }
        return issued
    }

    /// The kind of the error that it throws.
    func failure(after answers: CredentialAnswer...) -> CredentialError? {
        do throws(CredentialError) {
            _ = try next(after: answers, at: Recorded.now)
            return nil
        } catch {
            return error
        }
    }
}

extension IssuedCredential {
    var keys: [String] {
        guard case .aws(let keys) = credential else { return [] }
        return [keys.accessKeyID, keys.secretAccessKey, keys.sessionToken ?? "-"]
    }

    var bearer: String? { if case .bearer(let token) = credential { token } else { nil } }
}

func credentialFailure(_ make: () throws(CredentialError) -> Void) -> CredentialError? {
    do throws(CredentialError) {
        try make()
        return nil
    } catch {
        return error
    }
}
