import Wire

/// A thought signature of Gemini's in the form in which callers hold it and send it back: as the signature of thinking.
///
/// Gemini puts it beside a call or a text, and wants it back in the same place. Our callers' wires know signatures only
/// with thinking, which may come back in another place than it had: OpenAI's wire gathers it before all text. So the form
/// says what it stood beside: `gemini.call.BASE64`. The dots also tell it from other providers' signatures, which are
/// Base64 alone, so that none is ever sent to a provider that didn't make it.
struct GeminiSignature: Hashable {
    enum Place: String {
        case call, text, thought
    }

    let place: Place
    /// As Gemini gave it.
    let base64: String

    init(_ base64: String, beside place: Place) {
        self.place = place
        self.base64 = base64
    }

    /// Nil for a signature that another provider made.
    init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "gemini", let place = Place(rawValue: String(parts[1])) else { return nil }
        let base64 = String(parts[2])
        guard base64.utf8.first.map({ $0 != UInt8(ascii: "=") }) == true, base64.utf8.allSatisfy(Self.isAllowed) else {
            return nil
        }
        self.init(base64, beside: place)
    }

    /// Of either alphabet of Base64: it goes back as it came.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        Base64URL.value(of: byte) != nil || "+/=".utf8.contains(byte)
    }

    var text: String { "gemini.\(place.rawValue).\(base64)" }

    /// What Google takes in the place of a signature for a call that no Gemini made, or whose signature was lost on the
    /// way: models of the third generation refuse a call that has none ("Thought signatures" in Vertex AI's documentation).
    static let unchecked = "skip_thought_signature_validator"
}
