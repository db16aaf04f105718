import Foundation

extension CatalogSource {
    /// The catalogues that a configuration names: the built-in one, and the operator's own over it.
    ///
    /// - Throws: ``ConfigurationError`` when the operator's can't be read.
    static func configured(_ configuration: GatewayConfiguration) throws -> [CatalogSource] {
        var sources: [CatalogSource] = configuration.usesBuiltInCatalog ? [.builtIn] : []
        if let path = configuration.catalogFile {
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                throw ConfigurationError(
                    "'\(Settings.catalogFile.key)' names '\(path)', which can't be read. Check its path and its rights."
                )
            }
            sources.append(CatalogSource(name: path, text: text))
        }
        return sources
    }
}
