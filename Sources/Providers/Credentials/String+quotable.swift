extension String {
    /// Somebody else's words, fit for a log: a line at most, and nothing in them that could be a credential.
    ///
    /// AWS answers a wrong signature with all that should have been signed, the session's token included. Whatever has the
    /// length of a key or a token is left out; names of AWS's resources are long too, and no secret.
    var quotable: String {
        var words = ""
        var run = ""
        for scalar in (split(whereSeparator: \.isNewline).first ?? "").unicodeScalars.prefix(500) {
            if Self.isOfToken(scalar) {
                run.unicodeScalars.append(scalar)
            } else {
                words += Self.shown(run)
                words.unicodeScalars.append(scalar)
                run = ""
            }
        }
        return words + Self.shown(run)
    }

    private static let mostOfWord = 31

    private static func shown(_ run: String) -> String {
        run.utf8.count <= mostOfWord || run.hasPrefix("arn:") ? run : "…"
    }

    private static func isOfToken(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "A"..."Z", "a"..."z", "0"..."9": true
        default: "+/=_-.:~%".unicodeScalars.contains(scalar)
        }
    }
}
