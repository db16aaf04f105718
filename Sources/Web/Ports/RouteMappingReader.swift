public import Domain

/// Port: the names that keys have mapped to routes.
public protocol RouteMappingReader: Sendable {
    /// Those in force, or those that have ended, the newest first.
    ///
    /// - Parameter limit: how many at most.
    func mappings(ended: Bool, atMost limit: Int) async throws -> [RouteMapping]
}
