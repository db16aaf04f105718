import HTTPTypes
import Hummingbird

extension RouterMethods {
    /// Answers 405 in place of 404 where the path is right and the method isn't (RFC 9110, section 15.5.6).
    ///
    /// - Parameter routes: all that there are at the paths that are meant.
    func refuseOtherMethods(than routes: [Router<Context>.RouteDescription]) {
        for (_, routes) in Dictionary(grouping: routes, by: { $0.path.description }) {
            let taken = Set(routes.map(\.method))
            let allowed = HTTPRequest.Method.known.filter { taken.contains($0) }.map(\.rawValue)
            for method in HTTPRequest.Method.known where !taken.contains(method) {
                // A handler of GET takes HEAD too.
                guard method != .head || !taken.contains(.get) else { continue }
                on(routes[0].path, method: method) { _, _ -> Response in throw AdminError.methodNotAllowed(allowed) }
            }
        }
    }
}

extension HTTPRequest.Method {
    /// Those of RFC 9110 and RFC 5789, but for CONNECT, which has no path, and QUERY, which is to be one of them
    /// (draft-ietf-httpbis-safe-method-w-body).
    fileprivate static let known: [HTTPRequest.Method] =
        [.get, .head, .post, .put, .patch, .delete, .options, .trace] + [HTTPRequest.Method("QUERY")].compactMap { $0 }
}
