import Wire

/// The error object of Google's APIs (`google.rpc.Status` and its details), as far as we act on it.
struct GoogleError {
    /// The HTTP status that goes with it.
    let code: Int?
    /// Its name, such as `RESOURCE_EXHAUSTED`.
    let status: String?
    let message: String?
    /// `ErrorInfo.reason`, such as `SERVICE_DISABLED`.
    let reason: String?
    /// `RetryInfo.retryDelay`, in seconds, rounded up.
    let retryDelay: Int?

    /// Reads `{"error":{…}}` or `[{"error":{…}}]`. Nil for anything else, such as the HTML of a host that isn't there.
    init?(_ body: UnsafeRawBufferPointer) {
        guard let json = try? JSON(body), let error = (json.array?.first ?? json)["error"], error.object != nil else {
            return nil
        }
        let details = error["details"]?.array ?? []
        code = error["code"]?.int
        status = error["status"]?.string
        message = error["message"]?.string
        reason = details.lazy.compactMap { $0["reason"]?.string }.first
        retryDelay = details.lazy.compactMap { $0["retryDelay"]?.string }.first.flatMap(Self.seconds(of:))
    }

    /// Finds an error that was written into an event stream: bare, or behind one `data:`.
    init?(stray block: UnsafeRawBufferPointer) {
        var text = block[...]
        if text.starts(with: "data:".utf8) { text = text.dropFirst(5) }
        text = text.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard text.first == UInt8(ascii: "{") || text.first == UInt8(ascii: "[") else { return nil }
        self.init(UnsafeRawBufferPointer(rebasing: text))
    }

    /// Reads a duration in the JSON form of `google.protobuf.Duration`, such as `12s` or `0.5s`.
    private static func seconds(of text: String) -> Int? {
        guard text.hasSuffix("s"), let seconds = Double(text.dropLast()), seconds >= 0, seconds < 1e6 else {
            return nil
        }
        return Int(seconds.rounded(.up))
    }
}
