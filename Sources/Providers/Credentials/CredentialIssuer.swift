public import Domain
public import Wire

/// Where a credential comes from, as a value that does nothing itself: it says what is to be asked or read next, given
/// what the questions before gave, until the credential is there.
///
///     var answers: [CredentialAnswer] = []
///     while true {
///         switch try issuer.next(after: answers, at: clock.now) {
///         case .done(let issued): return issued
///         case .ask(let call): answers.append(try await send(call))
///         case .read(let file): answers.append(try await read(file))
///         }
///     }
///
/// It is asked from the beginning for each renewal, so that files that are exchanged under it are read anew. Whoever asks
/// makes sure that only one does so at a time.
public protocol CredentialIssuer: Sendable {
    /// What errors and logs call it, such as `AWS container credentials`.
    var name: String { get }
    /// The same with what tells it from others of its kind, such as a role, for whoever looks at the configuration.
    var origin: String { get }
    /// Whom it may ask, whatever comes of it. They belong to the contract of the routes that the credential is for.
    var endpoints: [Endpoint] { get }

    /// - Parameter answers: to all steps that it has asked for, in order; none at the beginning.
    func next(after answers: [CredentialAnswer], at now: Timestamp) throws(CredentialError) -> CredentialStep
}

extension CredentialIssuer {
    public var origin: String { name }
}

public enum CredentialStep: Sendable {
    case read(file: String)
    case ask(CredentialCall)
    case done(IssuedCredential)
}

/// A request, and where it goes. Follow no redirections: they could carry a secret elsewhere.
public struct CredentialCall: Sendable {
    public let endpoint: Endpoint
    public let request: UpstreamRequest

    init(
        _ method: StaticString, _ target: String, of endpoint: Endpoint, headers: [(String, String)],
        form: FormBody? = nil
    ) {
        self.endpoint = endpoint
        var head = UpstreamHead(method: method, target: endpoint.pathPrefix + target, host: endpoint.authority)
        if form != nil { head.add("content-type", FormBody.mediaType) }
        for (name, value) in headers { head.add(name, value) }
        request = UpstreamRequest(head: head.bytes, body: .bytes(form?.bytes ?? []))
    }

    init(_ request: UpstreamRequest, to endpoint: Endpoint) {
        self.endpoint = endpoint
        self.request = request
    }
}

/// What a question or a file gave.
public struct CredentialAnswer: Sendable {
    /// 404 for a file that isn't there.
    public let status: Int
    /// By lower-case names.
    public let headers: [String: String]
    public let body: [UInt8]
    /// When the request was sent, so that nothing ever seems to be good for longer than it is.
    public let askedAt: Timestamp

    /// Longer answers needn't be read: none is taken.
    public static let mostBytes = 256 << 10

    public init(status: Int = 200, headers: [String: String] = [:], body: [UInt8], askedAt: Timestamp) {
        self.status = status
        self.headers = headers
        self.body = body
        self.askedAt = askedAt
    }
}

extension CredentialCall: Unprintable {}
extension CredentialAnswer: Unprintable {}
extension CredentialStep: Unprintable {}

/// A credential that is there from the beginning.
public struct FixedCredential: CredentialIssuer {
    public let name: String
    public let credential: Credential
    public let endpoints: [Endpoint] = []

    public init(_ credential: Credential, name: String) {
        self.credential = credential
        self.name = name
    }

    public func next(after answers: [CredentialAnswer], at now: Timestamp) -> CredentialStep {
        .done(IssuedCredential(credential, issuedAt: now, expiresAt: nil))
    }
}

extension FixedCredential: Unprintable {}
