import Domain

/// The routes of several files, laid over one another.
struct CatalogEntries {
    private var declarations: [Route.ID: CatalogFile.Declaration] = [:]
    private var order: [Route.ID] = []
    private let problems: CatalogProblems

    init(noting problems: CatalogProblems) { self.problems = problems }

    /// In the order in which they were first declared.
    var entries: [CatalogEntry] { order.compactMap { declarations[$0]?.entry } }

    mutating func add(_ file: CatalogFile) {
        for declaration in file.declarations {
            guard let id = declaration.id else { continue }
            let earlier = declarations[id]
            guard isWelcome(declaration, after: earlier) else { continue }
            if earlier == nil { order.append(id) }
            declarations[id] = declaration
        }
    }

    /// A route is replaced only by one that says so, and only across files: anything else is a slip.
    private func isWelcome(_ new: CatalogFile.Declaration, after earlier: CatalogFile.Declaration?) -> Bool {
        switch (earlier?.site, new.replaces) {
        case (nil, false): return true
        case (nil, true):
            problems.note(
                "it replaces a route that no earlier file has",
                remedy: "Check the spelling of the id, or take 'replaces' out", at: new.site)
            return true
        case (let site?, true) where site.file != new.site.file: return true
        case (let site?, _):
            let across = site.file == new.site.file ? "" : ", or write 'replaces: true' to take that route's place"
            problems.note(
                "the id is taken, on line \(site.line) of \(site.file)", remedy: "Choose another id\(across)",
                at: new.site)
            return false
        }
    }

    /// Notes references to routes that don't exist, and fallbacks that would never be taken.
    func checkReferences() {
        for entry in entries {
            if let replacement = entry.replacement { check(replacement.value, of: entry, at: replacement.site) }
            for (position, id) in entry.fallbacks.value.enumerated() {
                let site = entry.fallbacks.site
                guard check(id, of: entry, at: site) else { continue }
                if entry.fallbacks.value[..<position].contains(id) {
                    problems.note("'\(id)' is there twice", remedy: "Take one of them out of 'fallbacks'", at: site)
                }
                checkResidency(of: id, for: entry)
            }
        }
    }

    @discardableResult
    private func check(_ id: Route.ID, of entry: CatalogEntry, at site: CatalogSite) -> Bool {
        if id == entry.id {
            problems.note("it names itself", remedy: "Name another route", at: site)
        } else if declarations[id] == nil {
            problems.note("there is no route '\(id)'", remedy: "Name one of the catalogue's routes", at: site)
        } else {
            return true
        }
        return false
    }

    /// The gateway would skip such a fallback without a word, and whoever listed it would count on it.
    private func checkResidency(of fallback: Route.ID, for entry: CatalogEntry) {
        guard let other = declarations[fallback]?.entry else { return }
        let facts: [(String, KeyPath<Residency, JurisdictionSet>)] = [
            ("processing", \.processing), ("storage", \.storage), ("exposure", \.exposure),
        ]
        for (name, fact) in facts where !other.residency[keyPath: fact].isSubset(of: entry.residency[keyPath: fact]) {
            problems.note(
                "the \(name) of its fallback '\(fallback)' is \(other.residency[keyPath: fact]), wider than its own, "
                    + "\(entry.residency[keyPath: fact])",
                remedy: "Take it out of 'fallbacks': a request is never sent further than its route says",
                at: entry.fallbacks.site)
        }
    }
}
