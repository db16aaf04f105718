/// The text of a catalogue file, and what it is called.
struct CatalogSource: Sendable {
    /// As errors show it: the path of the file.
    let name: String
    let text: String
    let unaddressedRoutes: UnaddressedRoutes

    /// What becomes of a route without a base URL of its own, whose provider has none either.
    enum UnaddressedRoutes: Sendable {
        /// It is a mistake of whoever wrote the file.
        case refused
        /// It isn't offered. For files that list more providers than one installation has.
        case leftOut
    }

    init(name: String, text: String, unaddressedRoutes: UnaddressedRoutes = .refused) {
        self.name = name
        self.text = text
        self.unaddressedRoutes = unaddressedRoutes
    }

    /// What the ids of this source's price snapshots begin with: the file's name without folders and ending. The file's
    /// version follows, and a digest of the prices.
    var snapshotPrefix: String {
        let file = name.split(separator: "/").last ?? "catalog"
        let stem = file.split(separator: ".").first ?? file
        return String(stem.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "-" })
    }
}

extension CatalogSource {
    /// `Resources/catalog.yaml`, which is compiled in so that the program stays one file.
    static var builtIn: CatalogSource {
        CatalogSource(
            name: "builtin", text: String(decoding: PackageResources.catalog_yaml, as: UTF8.self),
            unaddressedRoutes: .leftOut)
    }
}
