/// A name that a key has mapped to a route, with when and by which request; also one that was removed since.
public struct RouteMapping: Hashable, Sendable {
    public let key: APIKey.ID
    public let organization: OrganizationID
    public let name: String
    public let route: Route.ID
    public let mapped: Moment
    /// Nil as long as it is in force.
    public let ended: Moment?

    /// When something was done, and the request that did it: its custody record says more.
    public struct Moment: Hashable, Sendable {
        public let time: Timestamp
        public let request: RequestID

        public init(time: Timestamp, request: RequestID) {
            self.time = time
            self.request = request
        }
    }

    public init(
        key: APIKey.ID, organization: OrganizationID, name: String, route: Route.ID, mapped: Moment, ended: Moment?
    ) {
        self.key = key
        self.organization = organization
        self.name = name
        self.route = route
        self.mapped = mapped
        self.ended = ended
    }

    /// How many names one key may map.
    public static let limit = 100

    /// Whether a name may be mapped: 1 to 200 visible characters of ASCII, blanks among them.
    public static func mayMap(_ name: String) -> Bool {
        1...200 ~= name.utf8.count && name.utf8.allSatisfy { 0x20...0x7E ~= $0 }
    }
}

/// The names that one key has mapped, as they stand at one moment.
///
/// A class for the same reason as ``Route``.
public final class RouteMappings: Sendable {
    public let key: APIKey.ID
    public let routes: [String: Route.ID]
    /// The larger, the later: an event loop may be told of two changes in the wrong order.
    public let revision: Int

    public init(key: APIKey.ID, routes: [String: Route.ID], revision: Int) {
        self.key = key
        self.routes = routes
        self.revision = revision
    }

    /// The same for another event loop, which shares no table with this one.
    public func copy() -> RouteMappings {
        RouteMappings(key: key, routes: routes.reduce(into: [:]) { $0[$1.key] = $1.value }, revision: revision)
    }
}

/// What a command changes: a name of a key leads to another route, or to none.
public struct RouteMappingChange: Hashable, Sendable {
    public let key: APIKey.ID
    public let name: String
    /// Nil removes the mapping.
    public let route: Route.ID?
    public let moment: RouteMapping.Moment

    public init(key: APIKey.ID, name: String, route: Route.ID?, moment: RouteMapping.Moment) {
        self.key = key
        self.name = name
        self.route = route
        self.moment = moment
    }
}

/// A key has mapped as many names as it may.
public struct RouteMappingsFull: Error, Hashable, Sendable {
    public init() {}
}

/// Port: where mappings are kept. Waits for the disk, so it is never asked on an event loop.
public protocol RouteMappingBook: Sendable {
    /// Stores a change for good.
    ///
    /// - Returns: all that the key has mapped then.
    /// - Throws: ``RouteMappingsFull``, or what went wrong with the store; nothing is changed then.
    func change(_ change: RouteMappingChange) throws -> RouteMappings
}
