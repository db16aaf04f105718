import Web

/// A text from elsewhere, for a terminal: see `printable` of `String`.
func printable(_ text: String) -> String { text.printable }
