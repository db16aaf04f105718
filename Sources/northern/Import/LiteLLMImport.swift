import Domain
import Providers
import Routing

/// A LiteLLM proxy's `config.yaml` (docs.litellm.ai/docs/proxy/config_settings), as routes and settings of ours.
///
/// Each member of the file has a note that says what became of it.
struct LiteLLMImport {
    private(set) var routes: [ImportedRoute] = []
    var settings = ImportedSettings()
    private(set) var notes: [ImportNote] = []
    private let environment: [String: String]
    private let known = KnownRoutes()
    private var fallbacks: [(line: Int, from: String, to: [String])] = []
    private var aliases: [(line: Int, alias: String, target: String)] = []

    /// - Parameter environment: where values are taken from that are no secrets and that the file leaves to it.
    init(_ file: SourceFile, environment: [String: String]) {
        self.environment = environment
        let credentials = Self.credentials(file)
        for member in file.members {
            switch member.name {
            case "model_list":
                for (index, node) in member.node.elements.enumerated() {
                    addRoute(
                        LiteLLMEntry(
                            node.members, "model_list[\(index)]", line: node.line ?? member.line,
                            credentials: credentials))
                }
            case "router_settings", "litellm_settings": addSettings(of: member)
            case "general_settings": addGeneralSettings(of: member)
            case "credential_list":
                note(.taken, member.line, "credential_list", "its entries are those of the models that name them")
            case "environment_variables": leaveVariables(of: member)
            default: leave(member, below: "")
            }
        }
        join()
        connect()
        dropWhatContradictsItself()
        notes.sort { $0.line < $1.line }
    }

    /// `credential_list: [{credential_name, credential_values}]`.
    private static func credentials(_ file: SourceFile) -> [String: [SourceMember]] {
        let list = file.members.first { $0.name == "credential_list" }?.node.elements ?? []
        let pairs = list.compactMap { node -> (String, [SourceMember])? in
            let members = node.members
            guard let name = members.first(where: { $0.name == "credential_name" })?.text else { return nil }
            return (name, members.first { $0.name == "credential_values" }?.node.members ?? [])
        }
        return Dictionary(pairs) { first, _ in first }
    }

    // MARK: Notes

    mutating func note(_ outcome: ImportNote.Outcome, _ line: Int, _ subject: String, _ remark: String) {
        notes.append(ImportNote(line: line, subject: subject, outcome: outcome, remark: remark))
    }

    /// Notes that there is nothing like it here, of each of a mapping's members.
    mutating func leave(_ member: SourceMember, below path: String) {
        let subject = path.isEmpty ? member.shownName : "\(path).\(member.shownName)"
        note(.leftOut, member.line, subject, LiteLLMCounterparts.remark(on: member.name))
    }

    /// The text of a member that is no secret.
    ///
    /// - Throws: ``LeftOut`` where it is a variable that isn't set here.
    func plain(_ member: SourceMember) throws(LeftOut) -> String {
        let text = member.text ?? ""
        guard text.hasPrefix(SourceReference.prefix) else { return text }
        let name = String(text.dropFirst(SourceReference.prefix.count))
        guard let value = environment[name], !value.isEmpty else {
            throw LeftOut(
                "'\(member.shownName)' is taken from the variable \(quoted(name)), which isn't set here: set it, and import "
                    + "again")
        }
        return value
    }

    // MARK: Routes

    /// All or nothing: an entry that is left out leaves no setting behind.
    private mutating func addRoute(_ entry: LiteLLMEntry) {
        let before = (settings, notes)
        do throws(LeftOut) {
            routes.append(try route(of: entry))
        } catch {
            (settings, notes) = before
            note(.leftOut, entry.line, entry.subject, error.remark)
        }
    }

    func knownEntry(of provider: ProviderID, model: String, in region: String?) -> CatalogEntry? {
        known.entry(of: provider, model: model, in: region)
    }

    mutating func remember(fallbacks member: SourceMember, below path: String) {
        for pair in member.node.elements.flatMap(\.members) {
            fallbacks.append((pair.line, pair.name, pair.node.elements.compactMap(\.text)))
        }
        if member.node.elements.isEmpty { leave(member, below: path) }
    }

    mutating func remember(aliases member: SourceMember, below path: String) {
        for pair in member.node.members {
            if let target = pair.text {
                aliases.append((pair.line, pair.name, target))
            } else {
                leave(pair, below: "\(path).\(member.name)")
            }
        }
    }
}

// MARK: - What stands between routes

extension LiteLLMImport {
    /// Entries of one name: hosts of one model become endpoints of one route, and whatever else a fallback of the first.
    private mutating func join() {
        var names: [Route.ID] = []
        for route in routes where !names.contains(route.id) { names.append(route.id) }
        let groups = names.map { name in routes.filter { $0.id == name } }
        routes = groups.flatMap { joined($0) }
    }

    private mutating func joined(_ group: [ImportedRoute]) -> [ImportedRoute] {
        guard var first = group.first else { return [] }
        let twins = Array(group.dropFirst().filter { $0.isTwin(of: first) }.prefix(EndpointSet.most - 1))
        let weights = Self.weights(of: [first] + twins)
        first.weight = weights[0]
        for (twin, weight) in zip(twins, weights.dropFirst()) {
            first.others.append((twin.baseURL ?? "", weight))
            note(.taken, twin.line, twin.subject, "one more endpoint of '\(first.id)', with the weight \(weight)")
        }
        let joined = Set(twins.map(\.subject))
        var rest = group.dropFirst().filter { !joined.contains($0.subject) }
        for place in rest.indices {
            let id = "\(first.id)/\(place - rest.startIndex + 2)"
            let isFallback = rest[place].staysWithin(first)
            rest[place].id = id
            if isFallback { first.fallbacks.append(id) }
            note(
                .differs, rest[place].line, rest[place].subject,
                "LiteLLM spreads requests over entries of one name. This one is the route '\(id)'"
                    + (isFallback ? ", a fallback of the first" : ", and no fallback: it may go further than the first")
            )
        }
        return [first] + rest
    }

    /// As their limits are to each other, where each has one.
    private static func weights(of routes: [ImportedRoute]) -> [Int] {
        let shares = routes.compactMap(\.share)
        guard shares.count == routes.count, let most = shares.max() else { return routes.map { _ in 1 } }
        return shares.map { max(1, $0 * 1_000 / most) }
    }

    private mutating func connect() {
        for (line, from, to) in fallbacks { connect(from, to, line) }
        for (line, alias, target) in aliases {
            let subject = "model_group_alias.\(quoted(alias))"
            guard var route = routes.first(where: { $0.id == target }), ScalarForm.identifier.read(alias) != nil,
                !routes.contains(where: { $0.id == alias })
            else {
                note(.leftOut, line, subject, "there is no route \(quoted(target)), or its name is taken")
                continue
            }
            route.id = alias
            route.fallbacks.removeAll { $0 == alias }
            routes.append(route)
            note(.taken, line, subject, "a second route of the same kind")
        }
    }

    private mutating func connect(_ from: String, _ to: [String], _ line: Int) {
        guard let place = routes.firstIndex(where: { $0.id == from }) else {
            note(.leftOut, line, "fallbacks of \(quoted(from))", "there is no route of that name")
            return
        }
        for target in to where target != from && !routes[place].fallbacks.contains(target) {
            let subject = "fallbacks of \(quoted(from)): \(quoted(target))"
            guard let other = routes.first(where: { $0.id == target }) else {
                note(.leftOut, line, subject, "there is no route of that name")
                continue
            }
            guard other.staysWithin(routes[place]) else {
                note(.leftOut, line, subject, "it may go further than the route itself, and a request never does")
                continue
            }
            routes[place].fallbacks.append(target)
            note(.taken, line, subject, "a fallback, in this order")
        }
    }

    /// What the gateway would refuse to load isn't written.
    private mutating func dropWhatContradictsItself() {
        let facts = everyProvider.map { adapter in
            let facts = adapter.facts
            return (
                facts.id,
                ProviderCatalogFacts(
                    defaultBaseURL: facts.defaultBaseURL, credential: facts.id.rawValue, residency: facts.residency)
            )
        }
        let loader = CatalogLoader(providers: Dictionary(facts) { first, _ in first })
        while !routes.isEmpty {
            let text = ImportedRoute.catalog(routes, version: "imported")
            do throws(CatalogErrors) {
                _ = try loader.routes(from: [CatalogSource(name: "routes.yaml", text: text)])
                return
            } catch {
                drop(error.errors)
            }
        }
    }

    private mutating func drop(_ errors: [CatalogError]) {
        let blamed = Dictionary(errors.map { ($0.site.route ?? "", $0) }) { first, _ in first }
        // Without a name to blame, nothing is written rather than something that doesn't load.
        let dropped = routes.filter { blamed[$0.id] != nil || blamed[""] != nil }
        let gone = dropped.isEmpty ? routes : dropped
        for route in gone {
            let error = blamed[route.id] ?? blamed[""]
            note(
                .leftOut, route.line, "\(route.subject), \(quoted(route.id))",
                error.map { "\($0.problem). \($0.remedy)" } ?? "it doesn't load")
        }
        let names = Set(gone.map(\.id))
        routes.removeAll { names.contains($0.id) }
        for place in routes.indices { routes[place].fallbacks.removeAll { names.contains($0) } }
    }
}
