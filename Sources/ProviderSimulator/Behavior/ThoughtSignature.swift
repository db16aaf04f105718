/// The proof that thinking is the simulator's own, which it checks when the thinking comes back.
///
/// Providers sign with a key. Here it is a digest of the thinking: it needs no memory of earlier requests.
enum ThoughtSignature {
    private static let mark = "sig-"

    /// In Base64, as all providers have theirs.
    static func text(of thinking: String) -> String {
        Base64.encode(Array((mark + digest(of: Array(thinking.utf8)).prefix(24)).utf8))
    }

    /// Whether a signature came from here, whatever it was for.
    static func isOwn(_ signature: String) -> Bool {
        Base64.decode(signature)?.starts(with: mark.utf8) ?? false
    }

    /// Refuses thinking that isn't what the signature was made for. Thinking of which only the signature was shown comes
    /// back without a text.
    static func check(_ signature: String, of thinking: String, in block: Fields) throws(Refusal) {
        let isGenuine = thinking.isEmpty ? isOwn(signature) : signature == text(of: thinking)
        try block.demand(isGenuine, "signature", "is not the one that this thinking was sent with.")
    }
}
