import Domain

/// What a provider's invoice calls our upstream models.
struct ModelNames: Sendable {
    private let upstream: Set<String>
    /// The longest first: `Gemini 2.5 Flash Lite` before `Gemini 2.5 Flash`.
    private let given: [(text: String, model: String)]

    /// - Parameter given: texts that an invoice's name holds, and the upstream model that is meant.
    init(upstream: Set<String>, given: [(text: String, model: String)] = []) {
        self.upstream = upstream
        self.given = given.sorted { ($1.text.utf8.count, $0.text) < ($0.text.utf8.count, $1.text) }
    }

    /// Reads `TEXT=MODEL`.
    static func given(_ lines: [String]) throws(InvoiceError) -> [(text: String, model: String)] {
        var given: [(text: String, model: String)] = []
        for line in lines {
            guard let equals = line.lastIndex(of: "="), equals > line.startIndex else {
                throw InvoiceError(
                    "'\(line.printable)' must be a text of the invoice, '=' and an upstream model.",
                    "« \(line.printable) » doit être un texte de la facture, « = » et un modèle du fournisseur.")
            }
            given.append((String(line[..<equals]), String(line[line.index(after: equals)...])))
        }
        return given
    }

    /// The upstream model; the invoice's own name where none is known.
    func upstreamModel(of name: String) -> String {
        if let match = given.first(where: { name.contains($0.text) }) { return match.model }
        if upstream.contains(name) { return name }
        // OpenAI names the snapshot that has answered, such as gpt-4o-2024-08-06.
        let stem = name.split(separator: "-").dropLast(3).joined(separator: "-")
        let isDated = CalendarDate(String(name.suffix(10))) != nil && name.dropLast(10).hasSuffix("-")
        return isDated && upstream.contains(stem) ? stem : name
    }
}
