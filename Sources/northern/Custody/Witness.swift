import CustodyLog
import Domain
import Providers

/// Somebody else who is asked to cosign the log's checkpoints (C2SP tlog-witness): who, and where.
struct Witness: Hashable, Sendable {
    let key: VerifierKey
    /// Under which it takes checkpoints (the "submission prefix"), without a slash at its end.
    let url: String

    var name: String { key.name.text }

    /// - Throws: ``ConfigurationError``.
    static func all(_ reader: SettingReader) throws -> [Witness] {
        let texts = reader.list(Settings.witnesses)
        guard texts.count <= most else {
            throw ConfigurationError("'\(Settings.witnesses.key)' names more than \(most) witnesses.")
        }
        var witnesses: [Witness] = []
        for text in texts {
            let witness = try Witness(text, number: witnesses.count + 1)
            guard !witnesses.contains(where: { $0.key.name == witness.key.name }) else {
                throw ConfigurationError("'\(Settings.witnesses.key)' has the witness '\(witness.name)' twice.")
            }
            witnesses.append(witness)
        }
        return witnesses
    }

    /// Each has a line under the checkpoint, and verifiers need not read more than 16 (C2SP signed-note, section
    /// "Signatures"): two of them may be the log's own.
    private static let most = 14

    /// Reads `<verifier key>@<URL>`. The name in the key may have an at sign too, but no plus sign, and what is behind the
    /// second plus sign is Base64, so only one at sign can be meant.
    ///
    /// - Parameter number: in the list, from 1. The text isn't repeated in errors: what is wrong with it may be a password.
    private init(_ text: Substring, number: Int) throws {
        func wrong(_ sentence: String) -> ConfigurationError {
            ConfigurationError("Witness \(number) of '\(Settings.witnesses.key)' can't be asked. \(sentence)")
        }
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let at = parts[2].firstIndex(of: "@") else {
            throw wrong("It is written as its verifier key, an at sign, and the URL under which it takes checkpoints.")
        }
        do { key = try VerifierKey(String(text[..<at])) } catch { throw wrong("\(error)") }
        guard key.kind == .cosignature else {
            throw wrong("Its key is one for logs. Ask its operator for the one that it cosigns with (cosignature/v1).")
        }
        guard let endpoint = Endpoint(url: String(text[text.index(after: at)...])),
            endpoint.isTLS || endpoint.isOnThisMachine
        else {
            throw wrong(
                "Behind the at sign must be an https URL without user and query. Over http only this machine itself is "
                    + "asked.")
        }
        url = endpoint.url
    }
}
