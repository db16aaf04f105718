import Domain
import HummingbirdCore
import NIOCore
import Wire

extension JSON {
    /// The members of a request's body. One that isn't known is refused: misspelt, it would be overlooked.
    func object(knowing known: [String]) throws(AdminError) -> JSONObject {
        guard let object else { throw KeyDraft.wrongType("body", .object) }
        if let unknown = object.members.first(where: { !known.contains($0.key) }) {
            throw .unknownParameter(unknown.key)
        }
        return object
    }
}

extension Request {
    /// The body.
    ///
    /// - Parameter usual: what an empty body stands for; nil: for nothing.
    func json(ofAtMost limit: Int, usual: JSON? = nil) async throws -> JSON {
        let bytes: ByteBuffer
        do {
            bytes = try await body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw AdminError.bodyTooLarge(limit: limit)
        }
        if let usual, bytes.readableBytes == 0 { return usual }
        do throws(JSONError) {
            return try JSON(parsing: bytes.readableBytesView)
        } catch {
            throw GatewayError.invalidJSON(error.description, french: error.frenchDescription)
        }
    }
}
