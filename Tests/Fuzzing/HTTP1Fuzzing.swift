/// What libFuzzer calls with each input; `scripts/fuzz` builds it together with the sources of `Wire`.
///
/// The first byte says where the rest is cut, the other bytes are read as requests and as a reply. Whole or cut, it
/// must be the same, and the parser must keep what it promises. What is read too far, the address sanitizer sees.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHTTP1(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    guard let first = input.first else { return 0 }
    let bytes = Array(input.dropFirst())
    let cut = min(bytes.count, Int(first))
    let pieces = [bytes[..<cut], bytes[cut...]]
    let requests = bytes.withUnsafeBytes { RequestTranscript($0) }
    precondition(requests.brokenPromise == nil, requests.brokenPromise ?? "")
    precondition(RequestTranscript(of: pieces) == requests, "The requests depend on where they are cut.")
    precondition(ReplyTranscript(of: pieces) == ReplyTranscript(of: [bytes[...]]), "The reply does.")
    return 0
}
