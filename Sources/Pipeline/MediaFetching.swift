public import Domain
public import Wire

/// The work of putting content in the place of the addresses that a request names.
public struct MediaFetching: Sendable {
    let fetcher: any MediaFetcher
    let wire: ChatWire
    let parts: Int
    /// As ``UncoveredContent`` names them.
    let kinds: [String]

    init(_ urls: [MediaURL], on wire: ChatWire, by fetcher: any MediaFetcher) {
        self.fetcher = fetcher
        self.wire = wire
        parts = urls.count
        kinds = Set(urls.map { $0.kind == .image ? "image" : "file" }).sorted()
    }

    /// - Parameter most: bytes that the request may have then.
    /// - Throws: `invalid_image_url` where anything can't be fetched.
    public func run(on body: some WholeText, most: Int) async throws(GatewayError) -> FetchedRequest {
        let urls = try body.withWhole { text throws(GatewayError) in try Self.urls(in: text) }
        let contents = try await contents(of: urls)
        return try body.withWhole { text throws(GatewayError) in
            guard contents.reduce(text.count, { $0 + $1.length }) <= most else { throw .requestTooLarge(limit: most) }
            let new = urls.replaced(by: contents, in: text)
            return try FetchedRequest(body: new, fetched: contents.reduce(0) { $0 + $1.size }, wire)
        }
    }

    /// The request with something in the place of what would be fetched, so that it can be told whether a provider could be
    /// asked it. Nothing is fetched.
    public func sketch(of body: some WholeText) throws(GatewayError) -> [UInt8] {
        try body.withWhole { text throws(GatewayError) in
            let urls = try Self.urls(in: text)
            return urls.replaced(by: urls.map { MediaContent(standingFor: $0.kind) }, in: text)
        }
    }

    private static func urls(in text: UnsafeRawBufferPointer) throws(GatewayError) -> [MediaURL] {
        do throws(ChatRequestError) { return try ChatScan.mediaURLs(in: text) } catch { throw GatewayError(error) }
    }

    private func contents(of urls: [MediaURL]) async throws(GatewayError) -> [MediaContent] {
        let found: [[UInt8]]
        do throws(MediaFetchFailure) {
            found = try await fetcher.contents(of: urls.map(\.url))
        } catch {
            guard urls.indices.contains(error.index) else { throw .internalError }
            throw .notFetched(urls[error.index].place, error.reason)
        }
        guard found.count == urls.count else { throw .internalError }
        var contents: [MediaContent] = []
        for (url, bytes) in zip(urls, found) {
            guard let content = MediaContent(bytes), content.type.isImage == (url.kind == .image) else {
                throw .notFetched(url.place, url.kind == .image ? .image : .document)
            }
            contents.append(content)
        }
        return contents
    }
}

/// A request in which content has taken the place of addresses.
public struct FetchedRequest: Sendable {
    public let body: [UInt8]
    /// Its members stand elsewhere than the caller's do.
    let ask: ChatScan
    /// Bytes that were fetched.
    let fetched: Int

    fileprivate init(body: [UInt8], fetched: Int, _ wire: ChatWire) throws(GatewayError) {
        self.body = body
        self.fetched = fetched
        do throws(ChatRequestError) {
            ask = try body.withUnsafeBytes { text in
                Result { () throws(ChatRequestError) in try ChatScan(text, of: wire) }
            }.get()
        } catch {
            throw GatewayError(error)
        }
    }
}

extension FetchedRequest: Unprintable {}
