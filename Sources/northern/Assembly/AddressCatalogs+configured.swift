import Domain
import Foundation
import Upstream

extension AddressCatalogs {
    /// The lists of addresses that a configuration names.
    ///
    /// - Throws: ``ConfigurationError`` when one can't be read, or is none.
    static func configured(_ configuration: GatewayConfiguration) throws -> AddressCatalogs {
        let lists = configuration.addressLists.sorted { $0.key.rawValue < $1.key.rawValue }
        return AddressCatalogs(
            try lists.map { try list(at: $1, of: $0) }, mostAge: Int64(configuration.addressDays) * 86_400)
    }

    private static let mostBytes = 64 << 20

    private static func savedAt(_ path: String) -> Timestamp? {
        let date = try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
        return date.map { Timestamp(seconds: Int64($0.timeIntervalSince1970)) }
    }

    private static func list(at path: String, of publisher: AddressPublisher) throws -> AddressCatalog {
        guard let bytes = readFile(path, most: mostBytes) else {
            throw ConfigurationError(
                "'egress.\(publisher.rawValue)_addresses' names '\(path)', which can't be read. Check its path and its "
                    + "rights.")
        }
        do throws(AddressCatalogError) {
            return try AddressCatalog(reading: bytes, of: publisher, savedAt: savedAt(path))
        } catch {
            throw ConfigurationError("'\(path)' is no list of addresses of \(publisher.rawValue): \(error)")
        }
    }
}
