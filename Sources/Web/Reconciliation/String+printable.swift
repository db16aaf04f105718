extension String {
    /// A text from elsewhere, for a terminal or a sentence: what would move the cursor, or turn the direction of reading, is
    /// written as its number, and a very long one is cut.
    package var printable: String {
        let shown = unicodeScalars.prefix(500)
        let cut = shown.endIndex < unicodeScalars.endIndex ? "…" : ""
        return shown.map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                "\\u{\(String(scalar.value, radix: 16))}"
            default: String(Character(scalar))
            }
        }.joined() + cut
    }
}
