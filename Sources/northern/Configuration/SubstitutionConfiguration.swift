import Domain
import Foundation
import Privacy

/// What is configured about personal information.
struct SubstitutionConfiguration: Sendable {
    /// What holds where neither the caller nor the key says.
    var usual: SubstitutionDemand
    var allowed: AllowList
    /// A recognizer of the operator's own; nil where there is none.
    var recognizer: Recognizer?

    struct Recognizer: Sendable {
        var url: String
        var language: String
        var timeout: Duration
    }

    /// - Throws: ``ConfigurationError``.
    init(_ reader: SettingReader) throws {
        usual =
            switch reader.text(Settings.substitution) {
            // YAML takes `on` and `off` for flags.
            case "true": .on
            case "false": .off
            default: try reader.choice(Settings.substitution)
            }
        allowed = AllowList(reader.texts(Settings.allowedTexts))
        let timeout = try reader.integer(Settings.recognizerTimeout, in: 1...600)
        recognizer = try reader.text(Settings.recognizerURL).map { url in
            guard let parts = URL(string: url), ["http", "https"].contains(parts.scheme), parts.host() != nil else {
                throw ConfigurationError(
                    "'\(Settings.recognizerURL.key)' must be the URL of a recognizer, such as http://127.0.0.1:5002.")
            }
            return Recognizer(
                url: url, language: reader.text(Settings.recognizerLanguage) ?? "en", timeout: .seconds(timeout))
        }
    }
}
