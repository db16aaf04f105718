import Domain
import Pipeline
import Wire

/// The head of a caller's request: what the gateway looks at, picked out in one pass.
///
/// The seam to the HTTP parser: nothing above knows which one it is. A class, so that looking at one member copies no more
/// than that.
final class InboundHead {
    /// Nil for a method that no surface has.
    let method: HTTP1Method?
    let surface: Surface
    let keepsAlive: Bool
    /// Whether the caller understands chunked replies.
    let isHTTP11: Bool
    let contentLength: Int?
    let expectsContinue: Bool
    /// Whether a key came more than once, so that it isn't certain which is meant.
    let repeatsCredentials: Bool
    private(set) var secret: APIKeySecret?
    private(set) var demands = CallerDemands()
    private(set) var acceptLanguage: String?
    /// The caller's trace; nil for none, and for one that isn't valid.
    private(set) var trace: TraceContext?
    private(set) var traceState: String?
    private var hasTrace = false
    /// For requests that are passed on to the control plane.
    let whole: HTTP1RequestHead

    init(_ head: HTTP1RequestHead) {
        method = head.method
        surface = head.withPath { Surface(path: $0) }
        keepsAlive = head.keepsAlive
        isHTTP11 = head.isHTTP11
        contentLength = head.contentLength
        expectsContinue = head.expectsContinue
        repeatsCredentials = head.repeatsCredentials
        whole = head
        head.fields.visit { take($0, $1) }
    }

    var language: Language { Language(acceptLanguage: acceptLanguage) }

    private func take(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        switch name.count {
        case 9 where name.equals(lowercase: "x-api-key"): secret = secret ?? APIKeySecret(Self.text(value))
        case 10 where name.equals(lowercase: "x-ni-nonce"): demands.nonce = Self.text(value)
        case 10 where name.equals(lowercase: "tracestate"): traceState = TraceContext.state(value)
        case 11 where name.equals(lowercase: "traceparent"): takeTrace(value)
        case 13 where name.equals(lowercase: "authorization"): secret = Self.bearer(value) ?? secret
        case 14 where name.equals(lowercase: "anthropic-beta"): demands.betas = Self.text(value)
        case 14 where name.equals(lowercase: "x-ni-pii-scope"): demands.piiScope = Self.text(value)
        case 14 where name.equals(lowercase: "x-privacy-tier"): demands.privacyTier = Self.text(value)
        case 15 where name.equals(lowercase: "accept-language"): acceptLanguage = Self.text(value)
        case 20 where name.equals(lowercase: "x-ni-allow-fallbacks"): demands.fallbacks = Self.text(value)
        case 21 where name.equals(lowercase: "x-ni-pii-substitution"): demands.piiSubstitution = Self.text(value)
        default: break
        }
    }

    /// There is one at most (W3C Trace Context, section 3.2): of two, nobody knows which is meant.
    private func takeTrace(_ value: UnsafeRawBufferPointer) {
        trace = hasTrace ? nil : TraceContext(traceparent: value)
        hasTrace = true
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }

    /// RFC 6750, section 2.1; the scheme's name in any case.
    private static func bearer(_ value: UnsafeRawBufferPointer) -> APIKeySecret? {
        guard value.count >= 7, value[rebasing: 0..<7].equals(lowercase: "bearer ") else { return nil }
        var start = 7
        while start < value.count, value[start] == UInt8(ascii: " ") { start += 1 }
        return APIKeySecret(text(value[rebasing: start..<value.count]))
    }
}
