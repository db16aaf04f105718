import Domain
import Hummingbird
import NIOCore

/// A request to the admin API, with whoever it is from.
struct AdminContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Nil until the request was authenticated.
    var actor: Actor?
    /// Who asks, or stands before the gateway for them.
    let address: IPAddress?

    init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
        address = source.channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) }?.unwrapped
    }

    /// - Parameter organization: whose thing it is; nil where the actor's own organization is meant, or the installation.
    /// - Returns: who it is, where that is permitted.
    /// - Throws: ``AccessRefusal``, or an ``AdminError`` for a request that wasn't authenticated.
    @discardableResult
    func check(_ permission: Permission, in organization: OrganizationID? = nil) throws -> Actor {
        guard let actor else { throw AdminError.missingToken }
        try actor.check(permission, in: organization)
        return actor
    }

    /// The organization of the path's `id`. Another's is as if it weren't there.
    func organization(_ permission: Permission, in people: any PeopleDirectory) async throws -> OrganizationID {
        let id = OrganizationID(rawValue: try parameters.require("id"))
        do {
            try check(permission, in: id)
        } catch AccessRefusal.unknown {
            throw AdminError.organizationNotFound
        }
        return try await people.known(id)
    }
}

extension PeopleDirectory {
    /// - Throws: ``AdminError/organizationNotFound``.
    func known(_ id: OrganizationID) async throws -> OrganizationID {
        guard try await organizations().contains(where: { $0.id == id }) else { throw AdminError.organizationNotFound }
        return id
    }
}
