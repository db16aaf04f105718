/// A text from elsewhere, for a terminal: what would move the cursor, or turn the direction of reading, is written as its
/// number, and a very long one is cut.
func printable(_ text: String) -> String {
    let shown = text.unicodeScalars.prefix(500)
    let cut = shown.endIndex < text.unicodeScalars.endIndex ? "…" : ""
    return shown.map { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
            "\\u{\(String(scalar.value, radix: 16))}"
        default: String(Character(scalar))
        }
    }.joined() + cut
}
