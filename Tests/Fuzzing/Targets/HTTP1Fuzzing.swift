/// Bytes are read as requests and as a reply. Whole or cut, it must be the same, and the parser must keep what it promises.
///
/// The first byte says where the rest is cut.
enum HTTP1Fuzzing {
    static func run(_ input: UnsafeRawBufferPointer) throws {
        guard let first = input.first else { return }
        let bytes = Array(input.dropFirst())
        let cut = min(bytes.count, Int(first))
        let pieces = [bytes[..<cut], bytes[cut...]]
        let requests = bytes.withUnsafeBytes { RequestTranscript($0) }
        try check(requests.brokenPromise == nil, requests.brokenPromise ?? "")
        try check(RequestTranscript(of: pieces) == requests, "The requests depend on where they are cut.")
        try check(ReplyTranscript(of: pieces) == ReplyTranscript(of: [bytes[...]]), "The reply does.")
    }
}
