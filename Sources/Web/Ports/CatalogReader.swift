public import Domain

/// Port: the routes that are offered.
public protocol CatalogReader: Sendable {
    /// In the order of the catalogue. Copies of their own: an event loop's routes stay on that loop.
    func routes() -> [Route]
}
