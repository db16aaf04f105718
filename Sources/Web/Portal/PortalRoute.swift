import Domain
import HTTPTypes

/// One address of the portal, with who may go there. All of them stand in a list, so that a test can go through it.
struct PortalRoute: Sendable {
    enum Access: Hashable, Sendable {
        /// Also those who aren't signed in.
        case anyone
        /// Whoever is signed in, also as a member of nothing.
        case signedIn
        /// Members whose role has it, in the organization at hand.
        case permitted(Permission)
    }

    typealias Work = @Sendable (PortalContext) async throws -> PortalReply

    let method: HTTPRequest.Method
    /// With parameters as the router takes them: `/portal/members/:id/role`.
    let path: String
    let access: Access
    /// Bytes of a file that may be sent there; nil: none may.
    var fileLimit: Int?
    let work: Work

    static func get(_ path: String, _ access: Access, _ work: @escaping Work) -> PortalRoute {
        PortalRoute(method: .get, path: path, access: access, work: work)
    }

    static func post(_ path: String, _ access: Access, _ work: @escaping Work) -> PortalRoute {
        PortalRoute(method: .post, path: path, access: access, work: work)
    }

    /// A form with a file.
    static func upload(
        _ path: String, _ access: Access, ofAtMost bytes: Int, _ work: @escaping Work
    ) -> PortalRoute {
        PortalRoute(method: .post, path: path, access: access, fileLimit: bytes, work: work)
    }
}

/// A part of the portal: its addresses, and its links in the navigation.
protocol PortalPart: Sendable {
    var routes: [PortalRoute] { get }
    var navigation: [PortalNavigation] { get }
}
