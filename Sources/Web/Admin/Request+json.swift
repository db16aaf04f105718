import Domain
import HummingbirdCore
import NIOCore
import Wire

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
