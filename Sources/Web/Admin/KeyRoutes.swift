import Domain
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Wire

/// `/api/admin/keys`: the keys of this installation.
struct KeyRoutes: Sendable {
    let keys: any KeyAdministration
    let clock: @Sendable () -> Timestamp

    private static let bodyLimit = 64 << 10

    func add(to group: RouterGroup<BasicRequestContext>) {
        group.get("keys") { _, _ in try await list() }
        group.post("keys") { request, _ in try await create(request) }
        group.delete("keys/:id") { _, context in try await revoke(context.parameters.require("id")) }
        group.refuse([.put, .patch, .delete], on: "keys", allowing: "GET and POST")
        group.refuse([.get, .post, .put, .patch], on: "keys/:id", allowing: "DELETE")
    }

    private func list() async throws -> Response {
        let all = try await keys.keys()
        return .json(["keys": .array(all.map { .object($0.json) })])
    }

    private func create(_ request: Request) async throws -> Response {
        let draft = try KeyDraft(try await body(of: request), at: clock())
        let (key, secret) = try await keys.createKey(draft)
        var object = key.json
        object["secret"] = .string(secret.text)
        return .json(.object(object), status: .created)
    }

    private func revoke(_ id: APIKey.ID) async throws -> Response {
        guard let key = try await keys.revokeKey(id) else { throw AdminError.keyNotFound }
        return .json(.object(key.json))
    }

    private func body(of request: Request) async throws -> JSON {
        let bytes: ByteBuffer
        do {
            bytes = try await request.body.collect(upTo: Self.bodyLimit)
        } catch is NIOTooManyBytesError {
            throw AdminError.bodyTooLarge(limit: Self.bodyLimit)
        }
        do throws(JSONError) {
            return try JSON(parsing: bytes.readableBytesView)
        } catch {
            throw GatewayError.invalidJSON(error.description, french: error.frenchDescription)
        }
    }
}

extension RouterGroup {
    /// Answers 405 in place of 404 where the path is right and the method isn't.
    func refuse(_ methods: [HTTPRequest.Method], on path: RouterPath, allowing allowed: String) {
        for method in methods {
            on(path, method: method) { _, _ -> Response in throw GatewayError.methodNotAllowed(allowed) }
        }
    }
}
