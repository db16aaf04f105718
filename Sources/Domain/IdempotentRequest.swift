/// A request to the admin API that its caller may send again, and that is done once.
public struct IdempotentRequest: Hashable, Sendable {
    /// Who asks, and the key that they gave it.
    public let name: String
    /// SHA-256 of what is asked: method, target and body.
    public let content: [UInt8]

    public init(name: String, content: [UInt8]) {
        self.name = name
        self.content = content
    }
}

/// What was answered to it.
public struct IdempotentAnswer: Hashable, Sendable {
    public let status: Int
    /// It may have a secret.
    public let body: [UInt8]

    public init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }
}

/// What is known of a request.
public enum IdempotencyState: Hashable, Sendable {
    /// Nothing: it is under way from now on.
    case new
    case answered(IdempotentAnswer)
    /// It is under way, or was when the gateway ended; or its answer can't be opened any more.
    case unknown
    /// Something else was asked under the same name.
    case another
    /// So many names are known already that no other is taken.
    case full
}

/// Port: what was asked of the admin API within a day under a name of the caller's.
public protocol IdempotencyBook: Sendable {
    func begin(_ request: IdempotentRequest, at now: Timestamp) async throws -> IdempotencyState
    func answer(_ request: IdempotentRequest, with answer: IdempotentAnswer) async throws
    /// Nothing was done.
    func forget(_ request: IdempotentRequest) async throws
}
