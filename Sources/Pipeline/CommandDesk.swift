import Domain
import Routing

/// Answers one key's commands about one name of a model.
struct CommandDesk {
    let key: APIKey
    /// The request's `model`.
    let name: String
    let snapshot: ServingSnapshot
    let today: CalendarDate
    /// When and by which request the command was given.
    let moment: RouteMapping.Moment
    let language: Language

    func answer(_ command: Command) -> CommandAnswer {
        switch command {
        case .help: say(.commands(name: name))
        case .models: say(routes.isEmpty ? .noRoutes : .models(routes))
        case .status: say(status)
        case .unmapNamed: say(.unmapTakesNothing(name: name))
        case .unmap: unmapped
        case .map(nil): say(routes.isEmpty ? .noRoutes : .howToMap(routes, name: name))
        case .map(let choice?): mapped(to: choice)
        }
    }

    private func say(_ text: LocalizedText) -> CommandAnswer { .text(text[language]) }

    /// In the order of `/v1/models`, which numbers them.
    private var routes: [Route.ID] { snapshot.catalog.routes(for: key, on: today).map(\.id) }

    private var status: LocalizedText {
        let mappings = snapshot.mappings(of: key).sorted { $0.key < $1.key }
        guard !mappings.isEmpty else { return .nothingMapped }
        return .mappings(mappings.map { (name: $0.key, route: $0.value, isUsable: isUsable($0.value, for: $0.key)) })
    }

    private func isUsable(_ route: Route.ID, for name: String) -> Bool {
        (try? snapshot.catalog.clearance(mapping: name, to: route, for: key, on: today)) != nil
    }

    private var unmapped: CommandAnswer {
        guard let route = snapshot.mappings(of: key)[exactly: name] else { return say(.notMapped(name: name)) }
        return change(to: nil, then: .unmapped(name: name, from: route))
    }

    private func mapped(to choice: String) -> CommandAnswer {
        guard RouteMapping.mayMap(name) else { return say(.nameUnfit) }
        guard let id = route(of: choice) else { return say(.noSuchNumber(choice, count: routes.count)) }
        guard id != name else { return say(.isThatRoute(name: name)) }
        do throws(GatewayError) {
            let clearance = try snapshot.catalog.clearance(mapping: name, to: id, for: key, on: today)
            return change(to: clearance.route.id, then: .mapped(name: name, to: clearance.route.id))
        } catch {
            return say(.notDone(error.message))
        }
    }

    /// Nil for a number that no route has.
    private func route(of choice: String) -> Route.ID? {
        guard choice.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return choice }
        let routes = routes
        guard let number = Int(choice), routes.indices.contains(number - 1) else { return nil }
        return routes[number - 1]
    }

    private func change(to route: Route.ID?, then text: LocalizedText) -> CommandAnswer {
        .change(
            RouteMappingChange(key: key.id, name: name, route: route, moment: moment), then: text[language],
            ifFull: LocalizedText.tooManyMapped[language])
    }
}
