import Crypto
import Domain
import Synchronization

/// The day's signing key and the second's date, kept because making them anew costs as much as the signature itself.
///
/// Holds the last of each: a route whose customers bring their own keys derives one anew when the customer changes, which
/// is four hashes. The lock is there because adapters are `Sendable`; an event loop signs with adapters of its own, so
/// nobody waits for it.
package final class SigV4KeyCache: Sendable {
    private struct Key {
        let day: Substring
        let accessKeyID: String
        let secretAccessKey: String
        /// The authenticator with its key already hashed in.
        let authenticator: HMAC<SHA256>
    }

    private struct Date {
        let second: Int64
        let text: String
    }

    private let lastKey = Mutex<Key?>(nil)
    private let lastDate = Mutex<Date?>(nil)

    package init() {}

    /// Such as `20261122T081631Z`.
    func date(of now: Timestamp) -> String {
        lastDate.withLock { last in
            let second = now.seconds
            if let last, last.second == second { return last.text }
            let text = now.compact
            last = Date(second: second, text: text)
            return text
        }
    }

    func authenticator(
        for credentials: AWSCredentials, date: String, region: String, service: String
    ) -> HMAC<SHA256> {
        lastKey.withLock { last in
            let day = date.prefix(8)
            if let last, last.day == day, last.accessKeyID == credentials.accessKeyID,
                last.secretAccessKey == credentials.secretAccessKey
            {
                return last.authenticator
            }
            let key = Self.signingKey(credentials.secretAccessKey, day: day, region: region, service: service)
            let authenticator = HMAC<SHA256>(key: key)
            last = Key(
                day: day, accessKeyID: credentials.accessKeyID, secretAccessKey: credentials.secretAccessKey,
                authenticator: authenticator)
            return authenticator
        }
    }

    private static func signingKey(
        _ secret: String, day: Substring, region: String, service: String
    ) -> SymmetricKey {
        var key = SymmetricKey(data: Array("AWS4\(secret)".utf8))
        for step in [String(day), region, service, "aws4_request"] {
            key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(step.utf8), using: key))
        }
        return key
    }
}
