import Domain
import Routing
import Wire

/// Parts of a request that say where their content is.
extension Exchange {
    /// What is to be fetched before anything else is done, and after the record of it is open.
    public mutating func takeFetching() -> MediaFetching? {
        let fetching = pendingFetching.take()
        record.fetched = fetching.map { CustodyRecord.Fetched(parts: $0.parts) }
        return fetching
    }

    /// What was fetched leaves in the place of the addresses, wherever it goes.
    public mutating func fetched(_ request: FetchedRequest) {
        ask = request.ask
        record.fetched?.bytes = request.fetched
    }

    /// - Throws: `url_not_allowed`, and `invalid_image_url` for what is never fetched.
    mutating func checkMedia(
        of ask: ChatScan, in body: UnsafeRawBufferPointer, under clearance: Clearance
    ) throws(GatewayError) {
        passesMediaURLs = false
        pendingFetching = nil
        let urls: [MediaURL]
        do throws(ChatRequestError) { urls = try ask.mediaURLs(in: body) } catch { throw GatewayError(error) }
        guard let first = urls.first else { return }
        switch media {
        case .refuse:
            let reason = LocalizedText(
                english: "this gateway takes none", french: "cette passerelle n'en prend pas")
            throw .urlNotAllowed(first.place, reason: reason)
        case .pass:
            try clearance.checkMediaURL(first.place)
            passesMediaURLs = true
        case .fetch(let fetcher):
            if let other = urls.first(where: { $0.kind == .other }) { throw .notFetched(other.place, .kind) }
            let most = fetcher.mostParts
            guard urls.count <= most else { throw .tooManyURLs(urls[max(0, most)].place, most: most) }
            pendingFetching = MediaFetching(urls, on: codec.wire, by: fetcher)
        }
    }

    /// Nothing can be looked for in what isn't there yet, and is none that could be looked through then.
    func checkProtection(by substitution: SubstitutionWork?) throws(GatewayError) {
        guard let pendingFetching, substitution?.demand == .required else { return }
        throw .unprotectable(pendingFetching.kinds)
    }

    /// The record of it could not be opened, so nothing was fetched.
    mutating func withdrawFetching() {
        if record.fetched?.bytes == 0 { record.fetched = nil }
    }

    /// Whether what leaves has a provider turn to others, whom the route says nothing of.
    var sendsOnward: Bool { ask?.onwardMember != nil || passesMediaURLs }
}
