public import Domain

/// What is done about the parts of a request that say where their content is, such as an `image_url` that is no data URL.
public enum MediaURLPolicy: Sendable {
    /// They are refused.
    case refuse
    /// They go to the provider, which fetches the content, where the route and the key let it turn to others.
    case pass
    /// The gateway fetches the content and sends that.
    case fetch(any MediaFetcher)
}
