import Crypto
public import Domain

/// Names the policy that a key had when a request was served, so that a record says under which rules it was made without
/// repeating them. Equal policies have equal digests.
public enum PolicyDigest {
    /// The first 64 bits of the SHA-256 of ``Domain/KeyPolicy/canonicalText``, as 16 hex digits: enough to tell the
    /// policies of one installation apart, and short enough for a header field.
    public static func text(of policy: KeyPolicy) -> String {
        SHA256.hash(data: Array(policy.canonicalText.utf8)).prefix(8).hex
    }
}
