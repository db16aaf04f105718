import CustodyLog
import Domain

extension VerifierKey {
    /// - Parameter place: where the texts are from, as the error names it.
    /// - Throws: ``ConfigurationError`` for one that isn't a key.
    static func parse(_ texts: [String], of place: String) throws(ConfigurationError) -> [VerifierKey] {
        var keys: [VerifierKey] = []
        for text in texts {
            do { keys.append(try VerifierKey(text)) } catch {
                throw ConfigurationError(
                    "\(place) has '\(printable(text))', which isn't a verifier key. \(error) The operator publishes it in "
                        + "'/.well-known/ni-keys.json', as 'verifier_key'.")
            }
        }
        return keys
    }
}

extension VerifiedSignature {
    /// What a witness's signature shows.
    var witnessSentence: String {
        let time = cosignedAt.map { "\(Timestamp(seconds: Int64(UInt32(clamping: $0))))" } ?? "an unknown time"
        return "The witness '\(printable(key.name.text))' has seen this checkpoint at \(time), by its own clock, after "
            + "checking that the log had only grown."
    }
}
