import Crypto
import CryptoExtras
import Synchronization
import Wire

/// Issues access tokens that are good for a while, and the service account that may ask for Google's.
final class TokenIssuer: Sendable {
    enum Audience: String, Sendable {
        case google, entra
        /// The metadata service of a machine at AWS.
        case instance

        fileprivate var prefix: String {
            switch self {
            case .google: "ya29.sim-"
            case .entra: "eyJ.sim-"
            case .instance: "AQAE-sim-"
            }
        }
    }

    let lifetime: Int
    private let now: @Sendable () -> Int
    private let state = Mutex(State())

    private struct State {
        var issued: [String: Issued] = [:]
        var keys: [String: TemporaryKeys] = [:]
        var count = 0
        /// Where the service accounts that were handed out ask for tokens.
        var tokenURLs: Set<String> = []
        var key: _RSA.Signing.PrivateKey?

        /// The key, made when it is first asked for: that takes a tenth of a second or more.
        mutating func signingKey() throws -> _RSA.Signing.PrivateKey {
            if let key { return key }
            let made = try _RSA.Signing.PrivateKey(keySize: .bits2048)
            key = made
            return made
        }
    }

    private struct Issued {
        let audience: Audience
        let expiry: Int
    }

    init(lifetime: Int, now: @escaping @Sendable () -> Int) {
        self.lifetime = max(1, lifetime)
        self.now = now
    }

    /// A new token; each is another.
    func issue(for audience: Audience) -> String {
        let expiry = now() + lifetime
        return state.withLock { state in
            state.count += 1
            let name = digest(of: Array("\(audience.rawValue) \(state.count)".utf8)).prefix(40)
            let token = audience.prefix + name
            state.issued[token] = Issued(audience: audience, expiry: expiry)
            return token
        }
    }

    func isValid(_ token: String, for audience: Audience) -> Bool {
        guard let issued = state.withLock({ $0.issued[token] }) else { return false }
        return issued.audience == audience && now() < issued.expiry
    }
}

// MARK: AWS

/// Keys of AWS's that are good for a while, together with their token.
struct TemporaryKeys: Sendable {
    let id: String
    let secret: String
    let token: String
    /// Seconds since 1970.
    let expiry: Int
}

extension TokenIssuer {
    /// New keys; each pair is another.
    func issueKeys() -> TemporaryKeys {
        let expiry = now() + lifetime
        return state.withLock { state in
            state.count += 1
            let count = state.count
            func text(_ kind: String) -> String { String(digest(of: Array("\(kind) \(count)".utf8)).prefix(40)) }
            // A token has characters that a signature and a form have to encode.
            let keys = TemporaryKeys(
                id: "ASIASIM\(text("id").prefix(13).uppercased())", secret: text("secret"),
                token: "IQoJ/sim+\(text("token"))==", expiry: expiry)
            state.keys[keys.id] = keys
            return keys
        }
    }

    func keys(_ id: String) -> TemporaryKeys? { state.withLock { $0.keys[id] } }
}

// MARK: Service account

extension TokenIssuer {
    static let accountEmail = "simulator@sim-project.iam.gserviceaccount.com"
    static let keyID = "simulator-key-1"

    /// The file that stands for a service account, private key included.
    func serviceAccountJSON(tokenURL: String) throws -> String {
        let key = try state.withLock { state in
            state.tokenURLs.insert(tokenURL)
            return try state.signingKey()
        }
        let account: JSON = [
            "type": "service_account",
            "project_id": "sim-project",
            "private_key_id": .string(Self.keyID),
            "private_key": .string(key.pkcs8PEMRepresentation),
            "client_email": .string(Self.accountEmail),
            "client_id": "100000000000000000001",
            "token_uri": .string(tokenURL),
        ]
        return account.text()
    }

    /// Checks the assertion of RFC 7523 that a service account asks for a token with.
    ///
    /// - Returns: nil when it is good, else what is wrong with it.
    func fault(inAssertion assertion: String) -> String? {
        guard let token = SignedToken(assertion) else { return "Not a signed JSON Web Token." }
        guard token.header["alg"]?.string == "RS256" else { return "The algorithm is not RS256." }
        guard token.header["kid"]?.string == Self.keyID else { return "Unknown key id." }
        let (key, tokenURLs) = state.withLock { ($0.key, $0.tokenURLs) }
        guard let key, token.isSigned(by: key.publicKey) else { return "Invalid JWT Signature." }
        guard token.claims["iss"]?.string == Self.accountEmail else { return "The issuer is not the service account." }
        guard let audience = token.claims["aud"]?.string, tokenURLs.contains(audience) else {
            return "The audience is not the token endpoint."
        }
        guard token.claims["scope"]?.string?.isEmpty == false else { return "The scope is missing." }
        return fault(inLifetimeOf: token)
    }

    private func fault(inLifetimeOf token: SignedToken) -> String? {
        guard let issued = token.claims["iat"]?.int, let expiry = token.claims["exp"]?.int else {
            return "The times of issue and expiry are missing."
        }
        let now = now()
        guard issued <= now + 60 else { return "The token is from the future: check the clock." }
        guard expiry > now else { return "The token has expired: check the clock." }
        guard 0 < expiry - issued, expiry - issued <= 3600 else { return "The token is good for more than an hour." }
        return nil
    }
}

/// A JSON Web Token of RFC 7519, read but not believed.
struct SignedToken {
    let header: JSON
    let claims: JSON
    private let signed: [UInt8]
    private let signature: [UInt8]

    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64.decode(parts[0]), let claims = Base64.decode(parts[1]),
            let signature = Base64.decode(parts[2]), let headerTree = try? JSON(parsing: header),
            let claimsTree = try? JSON(parsing: claims)
        else { return nil }
        self.header = headerTree
        self.claims = claimsTree
        self.signature = signature
        signed = Array("\(parts[0]).\(parts[1])".utf8)
    }

    func isSigned(by key: _RSA.Signing.PublicKey) -> Bool {
        let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
        return key.isValidSignature(signature, for: SHA256.hash(data: signed), padding: .insecurePKCS1v1_5)
    }
}
