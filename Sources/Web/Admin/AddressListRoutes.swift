import Domain
import Hummingbird
import HummingbirdCore
import Wire

/// `/api/admin/address-lists`: what endpoints' addresses are held against, and how old it is.
struct AddressListRoutes: Sendable {
    let lists: any AddressListReader
    let clock: @Sendable () -> Timestamp

    func add(to group: RouterGroup<AdminContext>) {
        group.get("address-lists") { _, context in
            try context.check(.readInstallation)
            return try await list()
        }
    }

    private func list() async throws -> Response {
        let lists = try await lists.addressLists(at: clock())
        return .json(["address_lists": .array(lists.map { .object($0.json) })])
    }
}

extension AddressListStatus {
    fileprivate var json: JSONObject {
        [
            "publisher": .string(publisher.rawValue),
            "source": .string(source),
            "state": .string(state.rawValue),
            "version": .orNull(version),
            "published_at": .orNull(publishedAt?.description),
            "fetched_at": .orNull(fetchedAt?.description),
            "sha256": .orNull(sha256),
            "held_back_version": .orNull(heldBackVersion),
            "losses": .array(
                losses.map { ["region": .string($0.region), "before": JSON($0.before), "after": JSON($0.after)] }),
            "problem": .orNull(problem),
        ]
    }
}

extension JSON {
    fileprivate static func orNull(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }
}
