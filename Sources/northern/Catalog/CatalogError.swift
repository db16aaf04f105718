import Domain

/// A mistake in a catalogue file: where it is, what is wrong, and what to do next.
struct CatalogError: Error, Hashable, Sendable, CustomStringConvertible {
    let site: CatalogSite
    let problem: String
    let remedy: String

    var description: String {
        let route = site.route.map { " route '\($0)':" } ?? ""
        return "\(site.file):\(site.line):\(route) \(problem). \(remedy)."
    }
}

/// All mistakes of a set of catalogue files, in the order in which a reader meets them.
struct CatalogErrors: Error, Hashable, Sendable, CustomStringConvertible {
    let errors: [CatalogError]

    /// One line for each.
    var description: String { errors.map(\.description).joined(separator: "\n") }
}

/// A place in a catalogue file.
struct CatalogSite: Hashable, Sendable {
    let file: String
    /// From 1.
    let line: Int
    /// Nil outside of the routes, and for a route whose id can't be printed.
    let route: Route.ID?
}

/// A value, and where it was written.
struct Sited<Value> {
    let value: Value
    let site: CatalogSite
}

/// Collects mistakes, so that one reading of the files tells of all of them.
///
/// A class, because every reader of a part of a file adds to the same list.
final class CatalogProblems {
    private var errors: [CatalogError] = []

    func note(_ problem: String, remedy: String, at site: CatalogSite) {
        errors.append(CatalogError(site: site, problem: problem, remedy: remedy))
    }

    /// - Parameter files: the order of the files.
    func throwIfAny(inOrderOf files: [String]) throws(CatalogErrors) {
        guard !errors.isEmpty else { return }
        let rank = Dictionary(files.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let positions = errors.enumerated().map { (rank[$1.site.file] ?? 0, $1.site.line, $0) }
        throw CatalogErrors(errors: positions.sorted { $0 < $1 }.map { errors[$0.2] })
    }
}

/// A text from a file, made safe to print: nothing in it moves the cursor or turns the line around.
func quoted(_ text: String) -> String {
    let shown = text.unicodeScalars.prefix(60).map { $0.escaped(asASCII: true) }.joined()
    return "'\(shown)\(text.unicodeScalars.count > 60 ? "…" : "")'"
}
