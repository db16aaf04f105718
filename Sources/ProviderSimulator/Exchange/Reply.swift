import Wire

/// An answer that is sent whole.
struct Reply: Hashable, Sendable {
    var status = 200
    var headers: HeaderFields = [:]
    var body: [UInt8] = []

    static func json(_ value: JSON, status: Int = 200, headers: HeaderFields = [:]) -> Reply {
        var reply = Reply(status: status, headers: ["content-type": "application/json"], body: value.bytes())
        for field in headers.fields { reply.headers.add(field.name, field.value) }
        return reply
    }
}

/// An answer that is sent in pieces.
struct StreamedReply: Sendable {
    var headers: HeaderFields
    var events: [StreamEvent]
}

/// What is sent at once in a stream.
struct StreamEvent: Hashable, Sendable {
    enum Place: Sendable {
        /// Belongs to the frame around the pieces.
        case frame
        /// Carries a piece of the answer: the markers that stop a stream count these.
        case piece
        /// Says that the answer is whole: the first thing missing from a stream that ends too early.
        case closing
    }

    let place: Place
    let bytes: [UInt8]
}
