/// The head of a request: what was decided about it, and its bytes.
package struct HTTP1RequestHead: Sendable {
    /// Nil for one that has no name here; ``methodText`` has it.
    package let method: HTTP1Method?
    /// Whether the sender understands chunked replies, and keeps connections unless told otherwise.
    package let isHTTP11: Bool
    package let framing: HTTP1Framing
    /// Whether the sender wants the connection to go on after the reply (RFC 9112, section 9.3).
    package let keepsAlive: Bool
    /// Whether the sender waits for `100 Continue` before its body (RFC 9110, section 10.1.1).
    package let expectsContinue: Bool
    /// Whether there is more than one `authorization` field, or more than one `x-api-key` field.
    package let repeatsCredentials: Bool
    package let fields: HTTP1Fields
    private let methodPlace: HTTP1Place
    private let targetPlace: HTTP1Place
    private let pathPlace: HTTP1Place
    private let queryPlace: HTTP1Place
    private let hostPlace: HTTP1Place

    init(_ line: HTTP1RequestLine, _ facts: HTTP1RequestFacts, framing: HTTP1Framing, fields: HTTP1Fields) {
        method = line.method
        isHTTP11 = line.isHTTP11
        self.framing = framing
        keepsAlive = !facts.framing.closes && (line.isHTTP11 || facts.framing.keepsAlive)
        expectsContinue = facts.expectsContinue && line.isHTTP11 && framing != .none
        repeatsCredentials = facts.authorizations > 1 || facts.apiKeys > 1
        self.fields = fields
        methodPlace = HTTP1Place(line.methodText)
        targetPlace = HTTP1Place(line.target.whole)
        pathPlace = HTTP1Place(line.target.path)
        queryPlace = HTTP1Place(line.target.query)
        hostPlace = HTTP1Place(line.target.authority ?? facts.host ?? 0..<0)
    }

    package var methodText: String { fields.text(at: methodPlace.range) }
    /// The target as it came.
    package var target: String { fields.text(at: targetPlace.range) }
    /// Percent-encoded as it came, without the query. `*` for a request about the whole server.
    package var path: String { fields.text(at: pathPlace.range) }
    /// Path and query. That is the target, unless it named the host too (RFC 9112, section 3.2.2).
    package var pathAndQuery: String {
        guard pathPlace.range.upperBound != queryPlace.range.lowerBound else {
            return fields.text(at: pathPlace.range.lowerBound..<queryPlace.range.upperBound)
        }
        return path + fields.text(at: queryPlace.range)
    }
    /// The host that the target names, or else the host field (RFC 9112, section 3.2.2). May be empty.
    package var host: String { fields.text(at: hostPlace.range) }

    /// The value of the first field with a name, which is compared without regard to case.
    package subscript(name: String) -> String? { fields[name] }

    package var contentLength: Int? { if case .length(let length) = framing { length } else { nil } }

    /// The bytes of the path, which are only there during the call.
    package func withPath<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        fields.bytes.withUnsafeBytes { body($0[rebasing: pathPlace.range]) }
    }
}

/// It holds credentials.
extension HTTP1RequestHead: Unprintable {}
extension HTTP1Fields: Unprintable {}
