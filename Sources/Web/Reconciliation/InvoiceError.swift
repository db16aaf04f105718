package import Domain

/// What is wrong with an invoice, or with what is asked of it, and where.
package struct InvoiceError: Error, Hashable {
    /// From 1; nil where it is no line's fault.
    package let line: Int?
    /// Cells in it are ``Swift/String/printable``.
    package let message: LocalizedText

    init(line: Int? = nil, _ english: String, _ french: String) {
        self.line = line
        message = LocalizedText(english: english, french: french)
    }

    package var text: LocalizedText {
        guard let line else { return message }
        return LocalizedText(
            english: "Line \(line): \(message.english)", french: "Ligne \(line) : \(message.french)")
    }
}

extension InvoiceError: CustomStringConvertible {
    package var description: String { text.english }
}
