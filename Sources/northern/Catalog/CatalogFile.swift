import Domain
import Yams

/// What one catalogue file says.
struct CatalogFile {
    let declarations: [Declaration]

    /// A place in a file that describes a route, for better or worse.
    struct Declaration {
        /// Nil if it can't be read.
        let id: Route.ID?
        let site: CatalogSite
        /// Whether it takes the place of a route of an earlier file.
        let replaces: Bool
        /// Nil after a mistake. The id is still taken: routes that name it aren't to blame.
        let entry: CatalogEntry?
    }

    private enum Member: String, CatalogMember { case version, routes }

    init(_ source: CatalogSource, providers: [ProviderID], noting problems: CatalogProblems) {
        let top = CatalogSite(file: source.name, line: 1, route: nil)
        guard let root = Self.root(of: source, at: top, noting: problems),
            let reader = MappingReader<Member>(root, at: top, noting: problems)
        else {
            declarations = []
            return
        }
        let version = reader.required(.version, .identifier) ?? ""
        declarations = (reader.requiredNodes(.routes) ?? []).compactMap { node in
            Declaration(
                node, of: source, snapshot: "\(source.snapshotPrefix)-\(version)", at: top, providers: providers,
                noting: problems)
        }
    }

    private static func root(
        of source: CatalogSource, at top: CatalogSite, noting problems: CatalogProblems
    ) -> Node? {
        do {
            // The basic resolver types nothing. The default one would try seven regular expressions on each key.
            if let root = try compose(yaml: source.text, .basic, .default, .utf8) { return root }
            problems.note("the file is empty", remedy: "Write 'version' and 'routes'", at: top)
        } catch {
            let (problem, line) = whatIsWrong(error, with: source.text)
            problems.note(problem, remedy: "Mend the YAML there", at: top.at(line: line))
        }
        return nil
    }

    /// The library's own descriptions have several lines and quote the file.
    private static func whatIsWrong(_ error: any Error, with text: String) -> (problem: String, line: Int?) {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            (problem, mark.line)
        case .duplicatedKeysInMapping(let keys, let context):
            ("the member \(keys.map(quoted).joined(separator: ", ")) is there twice", context.mark.line)
        case .reader(let problem, let offset, _, _):
            (problem, offset.map { 1 + text.prefix($0).count(where: \.isNewline) })
        default: ("the file can't be read as YAML", nil)
        }
    }
}

extension CatalogFile.Declaration {
    fileprivate init?(
        _ node: Node, of source: CatalogSource, snapshot: String, at top: CatalogSite,
        providers: [ProviderID], noting problems: CatalogProblems
    ) {
        let id = node.mapping?.first { $0.key.text == RouteMember.id.rawValue }?.value.text
            .flatMap(ScalarForm.identifier.read)
        let site = CatalogSite(file: source.name, line: node.line ?? top.line, route: id)
        guard let reader = MappingReader<RouteMember>(node, at: site, noting: problems) else { return nil }
        self.id = id
        self.site = site
        replaces = reader.optional(.replaces, .flag) ?? false
        entry = CatalogEntry(reader, of: source, snapshot: snapshot, providers: providers)
    }
}
