public import Domain

/// The routes that are offered, by their ids. A snapshot: it is replaced whole.
public struct RouteCatalog: Sendable {
    /// In the order of the catalogue file.
    public let routes: [Route]
    private let routesByID: [Route.ID: Route]

    public init(_ routes: [Route]) {
        self.routes = routes
        routesByID = Dictionary(routes.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    public subscript(id: Route.ID) -> Route? { routesByID[exactly: id] }

    /// The route that a caller asked for, for a key that may see it named in an error.
    ///
    /// - Throws: `model_not_found` with routes that look like it, `route_retired`.
    public func route(for id: Route.ID, key: APIKey, on today: CalendarDate) throws(GatewayError) -> Route {
        try offered(self[id], as: id, to: key, on: today)
    }

    /// The same where it was looked up already.
    public func offered(
        _ route: Route?, as id: Route.ID, to key: APIKey, on today: CalendarDate
    ) throws(GatewayError) -> Route {
        guard let route else { throw .modelNotFound(id, alternatives: routes(like: id, for: key, on: today)) }
        if case .retired(let date) = route.lifecycle.state(on: today) { throw .routeRetired(route, on: date) }
        return route
    }

    /// The route of an id, unless it is retired.
    func offered(_ id: Route.ID, on today: CalendarDate) -> Route? {
        guard let route = self[id] else { return nil }
        if case .retired = route.lifecycle.state(on: today) { return nil }
        return route
    }

    /// The routes that a key may call today.
    public func routes(for key: APIKey, on today: CalendarDate) -> [Route] {
        routes.filter { route in
            if case .retired = route.lifecycle.state(on: today) { return false }
            return key.mayUse(route) == nil
        }
    }

    /// Up to three routes that a key may call and whose ids look like a text, the likest first.
    func routes(like text: String, for key: APIKey, on today: CalendarDate) -> [Route.ID] {
        Self.likest(text, among: routes(for: key, on: today))
    }

    private static func likest(_ text: String, among routes: [Route]) -> [Route.ID] {
        let asked = Bigrams(text)
        let ranked = routes.map { (id: $0.id, likeness: asked.likeness(to: Bigrams($0.id))) }
            .filter { $0.likeness > 0.2 }
            .sorted { $0.likeness > $1.likeness }
        return ranked.prefix(3).map(\.id)
    }

    /// A route that a key may use in place of one it may not: the likest of the tier that was demanded.
    ///
    /// - Parameter sendsOnward: whether the request has its provider send it on to others.
    public func alternative(
        to route: Route, for key: APIKey, demanding tier: Tier?, sendingOnward sendsOnward: Bool = false,
        on today: CalendarDate
    ) -> Route.ID? {
        let allowed = routes(for: key, on: today).filter {
            $0.tier == tier ?? $0.tier && !(sendsOnward && key.obstacle(toSendingOnwardFrom: $0) != nil)
        }
        return Self.likest(route.id, among: allowed).first ?? allowed.first?.id
    }
}

/// The pairs of neighboring letters of a text, which say how alike two names are (Dice's coefficient).
private struct Bigrams {
    private let pairs: [UInt16: Int]
    private let count: Int

    init(_ text: String) {
        let letters = Array(text.lowercased().utf8.prefix(200))
        let all = zip(letters, letters.dropFirst()).map { UInt16($0) << 8 | UInt16($1) }
        pairs = Dictionary(all.map { ($0, 1) }, uniquingKeysWith: +)
        count = all.count
    }

    /// From 0, nothing in common, to 1, the same pairs.
    func likeness(to other: Bigrams) -> Double {
        guard count + other.count > 0 else { return 0 }
        let shared = pairs.reduce(0) { $0 + min($1.value, other.pairs[$1.key] ?? 0) }
        return 2 * Double(shared) / Double(count + other.count)
    }
}
