public import Domain
import Providers
import Routing
import Wire

/// What has to be done with all of a body before anything can be sent. It can be done on any thread.
public enum BodyWork: Sendable {
    /// For an upstream of another wire.
    case translation(Translation)
    /// For an upstream of the caller's wire that wants a signature over the body.
    case signing(Signing)

    public struct Result: Sendable {
        /// What a translation has read.
        var chat: ChatRequest?
        let request: UpstreamRequest
        let clearance: Clearance
    }
}

/// The work of signing a body that passes.
public struct Signing: Sendable {
    let request: UnsignedRequest
    let clearance: Clearance

    /// - Parameter body: offers the bytes of a range, in the pieces in which they are kept.
    public func run(on body: (Range<Int>, (UnsafeRawBufferPointer) -> Void) -> Void) -> BodyWork.Result {
        BodyWork.Result(request: request.signed(reading: body), clearance: clearance)
    }
}

/// A body that may have to be made one text first, and is so only for who asks.
public protocol WholeText {
    func withWhole<T, Failure: Error>(
        _ use: (UnsafeRawBufferPointer) throws(Failure) -> T
    ) throws(Failure) -> T
}

/// The work of reading a body whole and writing it for another wire.
public struct Translation: Sendable {
    let translator: any UpstreamTranslator
    let codec: any ChatCodec
    let credential: Credential
    let chat: ChatRequest?
    let clearance: Clearance
    let now: Timestamp

    /// Members of our own: an adapter never sees them.
    private static let ours: Set<String> = ["allow_fallbacks", "pii_substitution", "privacy_tier"]

    /// - Throws: errors about the caller's request.
    public func run(on body: some WholeText) throws(GatewayError) -> BodyWork.Result {
        let chat = if let chat { chat } else { try body.withWhole { text throws(GatewayError) in try read(text) } }
        do throws(TranslationError) {
            let request = try translator.request(for: chat, credential: credential, at: now)
            return BodyWork.Result(chat: chat, request: request, clearance: clearance)
        } catch {
            throw GatewayError(error.renamed(body.withWhole { codec.name(of: error.parameter, in: chat, $0) }))
        }
    }

    private func read(_ body: UnsafeRawBufferPointer) throws(GatewayError) -> ChatRequest {
        do throws(ChatRequestError) {
            return try codec.request(body, leavingOut: Self.ours)
        } catch {
            throw GatewayError(error)
        }
    }
}
