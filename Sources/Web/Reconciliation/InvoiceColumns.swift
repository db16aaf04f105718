/// Which column of an invoice holds what.
package struct InvoiceColumns: Hashable, Sendable {
    enum Role: String, CaseIterable {
        case date, model, input, output, cost
        /// How much there was of what ``kind`` says, where input and output are rows of their own.
        case quantity
        case kind
        /// Of the quantity, such as `1K tokens`.
        case unit
        case currency
    }

    private(set) var names: [Role: String]
    /// Only rows whose column holds a text count, capitals or not; nil: all rows do.
    private(set) var only: Filter?

    struct Filter: Hashable, Sendable {
        let column: String
        let text: String
    }

    /// Exports that are known by name.
    package enum Preset: String, CaseIterable, Sendable {
        /// Usage by day and model, with the members' names of OpenAI's usage API; it tells no cost.
        case openAI = "openai"
        /// AWS Data Exports, cost and usage report: classic, or 2.0.
        case aws
        /// Google Cloud Billing, standard usage cost.
        case google
    }

    package init(_ preset: Preset) {
        switch preset {
        case .openAI:
            names = [.date: "start_time", .model: "model", .input: "input_tokens", .output: "output_tokens"]
        case .aws:
            names = [
                .date: "line_item_usage_start_date", .model: "line_item_usage_type", .kind: "line_item_usage_type",
                .quantity: "line_item_usage_amount", .unit: "pricing_unit", .cost: "line_item_unblended_cost",
                .currency: "line_item_currency_code",
            ]
            only = Filter(column: "line_item_usage_type", text: "token")
        case .google:
            names = [
                .date: "usage_start_time", .model: "sku.description", .kind: "sku.description",
                .quantity: "usage.amount", .unit: "usage.unit", .cost: "cost", .currency: "currency",
            ]
            only = Filter(column: "service.description", text: "Vertex AI")
        }
    }

    /// Reads `date=…,model=…,input=…`.
    ///
    package init(_ text: String) throws(InvoiceError) {
        names = [:]
        for part in text.split(separator: ",") {
            let sides = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard sides.count == 2, let role = Role(rawValue: sides[0]),
                names.updateValue(sides[1], forKey: role) == nil
            else {
                let roles = Role.allCases.map(\.rawValue).joined(separator: ", ")
                let shown = String(part).printable
                throw InvoiceError(
                    "'\(shown)' doesn't say which column is what. Write it as date=NAME, once for each of \(roles).",
                    "« \(shown) » ne dit pas quelle colonne est quoi. Écrivez date=NOM, une fois pour chacun de \(roles)."
                )
            }
        }
        let hasTokens =
            names[.input] != nil || names[.output] != nil || (names[.quantity] != nil && names[.kind] != nil)
        guard names[.date] != nil, names[.model] != nil, hasTokens || names[.cost] != nil else {
            throw InvoiceError(
                "The columns must name date and model, and of input, output and cost, or quantity with kind, at least one.",
                "Les colonnes doivent nommer date et model, et au moins un de input, output et cost, ou quantity avec kind."
            )
        }
    }

    var hasTokens: Bool { names[.input] != nil || names[.output] != nil || names[.quantity] != nil }
    var hasCost: Bool { names[.cost] != nil }
}

/// Where an invoice's columns are, by its first row.
struct InvoicePlaces {
    private var places: [InvoiceColumns.Role: Int] = [:]
    private var only: (place: Int, text: String)?
    private let width: Int

    /// - Throws: ``InvoiceError`` for a column that isn't there, or is there twice.
    init(of columns: InvoiceColumns, in header: CSVParser.Row) throws {
        width = header.fields.count
        for (role, name) in columns.names { places[role] = try Self.place(of: name, in: header) }
        only = try columns.only.map { filter in
            (place: try Self.place(of: filter.column, in: header), text: filter.text.lowercased())
        }
    }

    /// AWS writes `lineItem/UsageType` or `line_item_usage_type`, Google `sku.description` or `sku_description`.
    private static func place(of name: String, in header: CSVParser.Row) throws -> Int {
        let exact = header.fields.indices.filter { header.fields[$0] == name }
        let found =
            exact.isEmpty
            ? header.fields.indices.filter { header.fields[$0].letters == name.letters } : exact
        guard let place = found.first, found.count == 1 else {
            let names = header.fields.prefix(30).map(\.printable).joined(separator: ", ")
            throw InvoiceError(
                line: header.line,
                "\(found.isEmpty ? "No column" : "More than one column") has the name '\(name.printable)'. There are: "
                    + "\(names). Say which columns are meant: date=NAME,model=NAME and so on.",
                "\(found.isEmpty ? "Aucune colonne n'a" : "Plus d'une colonne a") le nom « \(name.printable) ». Il y a : "
                    + "\(names). Dites quelles colonnes sont visées : date=NOM,model=NOM et ainsi de suite.")
        }
        return place
    }

    /// Nil for a row that doesn't count.
    ///
    /// - Throws: ``InvoiceError`` for a row with another number of fields than the first.
    func cells(of row: CSVParser.Row) throws -> [InvoiceColumns.Role: String]? {
        guard row.fields.count == width else {
            throw InvoiceError(
                line: row.line, "The row has \(row.fields.count) fields, and the first row has \(width).",
                "La ligne a \(row.fields.count) champs, et la première en a \(width).")
        }
        if let only, !row.fields[only.place].lowercased().contains(only.text) { return nil }
        return places.mapValues { row.fields[$0] }
    }
}

extension String {
    /// Without what names are written with in one way or another.
    fileprivate var letters: String {
        String(
            lowercased().unicodeScalars.filter { $0.properties.isAlphabetic || $0.properties.numericType != nil }.map(
                Character.init))
    }
}
