/// The methods that have names here; any other is read as a token and has none.
package enum HTTP1Method: String, Sendable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
    case options = "OPTIONS"
    case trace = "TRACE"

    /// Methods are told apart by case (RFC 9110, section 9.1).
    init?(_ range: Range<Int>, of head: UnsafeRawBufferPointer) {
        switch range.count {
        case 4 where head.holds("POST", at: range): self = .post
        case 3 where head.holds("GET", at: range): self = .get
        case 4 where head.holds("HEAD", at: range): self = .head
        case 3 where head.holds("PUT", at: range): self = .put
        case 5 where head.holds("PATCH", at: range): self = .patch
        case 6 where head.holds("DELETE", at: range): self = .delete
        case 7 where head.holds("OPTIONS", at: range): self = .options
        case 5 where head.holds("TRACE", at: range): self = .trace
        default: return nil
        }
    }
}
