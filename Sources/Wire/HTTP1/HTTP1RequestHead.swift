/// The head of a request: what was decided about it, and its bytes.
package struct HTTP1RequestHead: Sendable {
    package let framing: HTTP1Framing
    /// Whether the sender wants the connection to go on after the reply (RFC 9112, section 9.3).
    package let keepsAlive: Bool
    /// Whether the sender waits for `100 Continue` before its body (RFC 9110, section 10.1.1).
    package let expectsContinue: Bool
    /// Whether there is more than one `authorization` field, or more than one `x-api-key` field.
    package let repeatsCredentials: Bool
    package let fields: HTTP1Fields
    private let line: HTTP1RequestLine
    private let hostField: HTTP1Place?

    init(_ line: HTTP1RequestLine, _ facts: HTTP1RequestFacts, framing: HTTP1Framing, fields: HTTP1Fields) {
        self.line = line
        self.framing = framing
        self.fields = fields
        keepsAlive = !facts.framing.closes && (line.isHTTP11 || facts.framing.keepsAlive)
        expectsContinue = facts.expectsContinue && line.isHTTP11 && framing != .none
        repeatsCredentials = facts.authorizations > 1 || facts.apiKeys > 1
        hostField = facts.host
    }

    /// Nil for one that has no name here; ``methodText`` has it.
    package var method: HTTP1Method? { line.method }
    /// Whether the sender understands chunked replies, and keeps connections unless told otherwise.
    package var isHTTP11: Bool { line.isHTTP11 }
    package var methodText: String { fields.text(at: line.methodText.range) }
    /// The target as it came.
    package var target: String { fields.text(at: line.target.whole.range) }
    /// Percent-encoded as it came, without the query. `*` for a request about the whole server.
    package var path: String { fields.text(at: line.target.path.range) }
    /// Path and query. That is the target, unless it named the host too (RFC 9112, section 3.2.2).
    package var pathAndQuery: String {
        let query = line.target.query.range
        return query.isEmpty ? path : path + fields.text(at: query)
    }
    /// The host that the target names, or else the host field (RFC 9112, section 3.2.2). May be empty.
    package var host: String { (line.target.authority ?? hostField).map { fields.text(at: $0.range) } ?? "" }

    /// The value of the first field with a name, which is compared without regard to case.
    package subscript(name: String) -> String? { fields[name] }

    package var contentLength: Int? { if case .length(let length) = framing { length } else { nil } }

    /// The bytes of the path, which are only there during the call.
    package func withPath<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        fields.bytes.withUnsafeBytes { body($0[rebasing: line.target.path.range]) }
    }
}

/// It holds credentials.
extension HTTP1RequestHead: Unprintable {}
extension HTTP1Fields: Unprintable {}
