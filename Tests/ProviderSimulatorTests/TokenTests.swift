import Crypto
import CryptoExtras
import Synchronization
import Testing
import Wire

@testable import ProviderSimulator

@Suite struct TokenTests {
    private final class FixedClock: Sendable {
        let time = Mutex(1_800_000_000)
    }

    private let clock = FixedClock()
    private let simulation: Simulation

    init() {
        let clock = clock
        var settings = SimulatorSettings()
        settings.tokenLifetime = 60
        settings.now = { clock.time.withLock { $0 } }
        simulation = Simulation(settings)
    }

    private func grant(_ assertion: String) -> Response {
        let type = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
        let form = "grant_type=\(type)&assertion=\(assertion)"
        return Response(
            simulation.performance(for: Call(method: "POST", target: "/token", headers: [:], body: Array(form.utf8))))
    }

    private func status(of door: ChatDoor, _ token: String) -> Int {
        let call = door.call("hi")
        let authorized = Call(
            method: "POST", target: "\(call.path)?\(call.query)", headers: ["authorization": "Bearer \(token)"],
            body: call.body)
        return Response(simulation.performance(for: authorized)).status
    }

    private func assertion(_ change: (inout JSONObject) -> Void = { _ in }) throws -> String {
        let account = try JSON(parsing: simulation.tokens.serviceAccountJSON(tokenURL: "http://sim/token"))
        let key = try _RSA.Signing.PrivateKey(pemRepresentation: try #require(account["private_key"]?.string))
        let header: JSON = ["alg": "RS256", "typ": "JWT", "kid": account["private_key_id"] ?? nil]
        var claims: JSONObject = [
            "iss": account["client_email"] ?? nil, "scope": "https://www.googleapis.com/auth/cloud-platform",
            "aud": account["token_uri"] ?? nil, "iat": 1_800_000_000, "exp": 1_800_003_600,
        ]
        change(&claims)
        let signed = "\(Base64.encode(header.bytes())).\(Base64.encode(JSON.object(claims).bytes()))"
        let signature = try key.signature(
            for: SHA256.hash(data: Array(signed.utf8)), padding: .insecurePKCS1v1_5)
        return "\(signed).\(Base64.encode(signature.rawRepresentation))".filter { $0 != "=" }
            .map { $0 == "+" ? "-" : $0 == "/" ? "_" : String($0) }.joined()
    }

    @Test func `a service account gets a token that opens Vertex until it expires`() throws {
        let token = try #require(grant(assertion()).json["access_token"]?.string)
        #expect(status(of: .gemini, token) == 200)
        #expect(status(of: .azure, token) == 401)
        clock.time.withLock { $0 += 60 }
        #expect(status(of: .gemini, token) == 401)
    }

    @Test func `an assertion with wrong claims gets no token`() throws {
        let wrong: [(inout JSONObject) -> Void] = [
            { $0["iss"] = "someone" }, { $0["aud"] = "https://elsewhere/token" }, { $0["exp"] = 1_799_999_999 },
            { $0["iat"] = 1_800_000_100 }, { $0["exp"] = 1_800_009_000 }, { $0["scope"] = nil },
        ]
        for change in wrong {
            let response = grant(try assertion(change))
            #expect(response.status == 400)
            #expect(response.json["error"]?.string == "invalid_grant")
        }
    }

    @Test func `an assertion that was tampered with gets no token`() throws {
        let parts = try assertion().split(separator: ".")
        let claims = Base64.encode(#"{"iss":"simulator@sim-project.iam.gserviceaccount.com"}"#.utf8).filter {
            $0 != "="
        }
        #expect(grant("\(parts[0]).\(claims).\(parts[2])").status == 400)
    }

    @Test func `client credentials get a token that opens Azure`() throws {
        func ask(_ scope: String, secret: String = "of-an-application") -> Response {
            let form = "grant_type=client_credentials&client_id=a&client_secret=\(secret)&scope=\(scope)"
            let body = Array(form.utf8)
            return Response(
                simulation.performance(
                    for: Call(method: "POST", target: "/tenant/oauth2/v2.0/token", headers: [:], body: body)))
        }
        #expect(ask("nonsense").json["error"]?.string == "invalid_scope")
        let scope = "https%3A%2F%2Fcognitiveservices.azure.com%2F.default"
        for secret in ["", "expired-long-ago"] {
            #expect(ask(scope, secret: secret).json["error"]?.string == "invalid_client")
        }
        let token = try #require(ask(scope).json["access_token"]?.string)
        #expect(status(of: .azure, token) == 200)
        #expect(status(of: .gemini, token) == 401)
    }

    @Test func `the metadata server wants to be asked by name`() {
        let path = "/computeMetadata/v1/instance/service-accounts/default/token"
        func ask(_ headers: HeaderFields) -> Int {
            Response(simulation.performance(for: Call(method: "GET", target: path, headers: headers, body: []))).status
        }
        #expect(ask([:]) == 403)
        #expect(ask(["metadata-flavor": "Google"]) == 200)
    }
}
