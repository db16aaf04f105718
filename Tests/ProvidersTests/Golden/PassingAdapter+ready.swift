import Domain
import Providers
import Testing
import Wire

extension PassingAdapter {
    /// A request that passes with a credential that needs no signature.
    func request(
        passing body: Splice, of wire: ChatWire, isStreamed: Bool, credential: Credential
    ) throws -> UpstreamRequest {
        let request = request(
            passing: body, of: wire, isStreamed: isStreamed, credential: credential, at: Timestamp(seconds: 0))
        let ready: UpstreamRequest? = if case .ready(let ready) = request { ready } else { nil }
        return try #require(ready)
    }
}
