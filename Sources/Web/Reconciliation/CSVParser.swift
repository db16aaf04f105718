/// Takes the rows of a table out of bytes that come in pieces (RFC 4180). A line may end without a carriage return, too.
struct CSVParser {
    struct Row: Equatable {
        /// The line that it begins on, from 1.
        let line: Int
        let fields: [String]
    }

    /// Bytes of one row; no invoice has a longer one.
    private static let mostBytes = 1 << 20

    private enum Place {
        case fieldStart, plain, quoted
        /// Behind a quotation mark within a quoted field: its end, or the first half of a mark that is meant.
        case quotedMark
    }

    private var place = Place.fieldStart
    private var field: [UInt8] = []
    private var fields: [String] = []
    private var rowBytes = 0
    private var line = 1
    private var rowLine = 1

    /// - Throws: ``InvoiceError``, or what `take` throws.
    mutating func add(_ bytes: some Sequence<UInt8>, _ take: (Row) throws -> Void) throws {
        for byte in bytes {
            rowBytes += 1
            guard rowBytes <= Self.mostBytes else {
                throw InvoiceError(
                    line: rowLine, "The row is longer than \(Self.mostBytes) bytes, so this is no invoice.",
                    "La ligne dépasse \(Self.mostBytes) octets : ce n'est pas une facture.")
            }
            if let row = try add(byte) { try take(row) }
        }
    }

    /// The last row may lack its line break.
    mutating func end(_ take: (Row) throws -> Void) throws {
        guard place != .quoted else {
            throw InvoiceError(
                line: rowLine, "A quotation mark isn't closed. Was the file cut off?",
                "Un guillemet n'est pas fermé. Le fichier a-t-il été coupé ?")
        }
        if let row = try endRow() { try take(row) }
    }

    /// - Returns: the row that the byte ends.
    private mutating func add(_ byte: UInt8) throws -> Row? {
        let isNewline = byte == UInt8(ascii: "\n")
        defer { if isNewline { line += 1 } }
        switch (place, byte) {
        case (.quoted, UInt8(ascii: "\"")): place = .quotedMark
        case (.quoted, _): field.append(byte)
        case (.quotedMark, UInt8(ascii: "\"")):
            field.append(byte)
            place = .quoted
        case (.fieldStart, UInt8(ascii: "\"")): place = .quoted
        case (.plain, UInt8(ascii: "\"")):
            throw InvoiceError(
                line: line, "A quotation mark stands within a field that doesn't begin with one.",
                "Un guillemet se trouve dans un champ qui ne commence pas par un guillemet.")
        case (_, UInt8(ascii: ",")): try endField()
        case (_, UInt8(ascii: "\n")):
            let row = try endRow()
            rowLine = line + 1
            return row
        case (.quotedMark, UInt8(ascii: "\r")): break
        case (.quotedMark, _):
            throw InvoiceError(
                line: line, "Something stands behind the closing quotation mark of a field.",
                "Quelque chose suit le guillemet fermant d'un champ.")
        default:
            place = .plain
            field.append(byte)
            dropByteOrderMark()
        }
        return nil
    }

    /// Some programs begin a file with it.
    private mutating func dropByteOrderMark() {
        guard line == 1, fields.isEmpty, field == [0xEF, 0xBB, 0xBF] else { return }
        field = []
        place = .fieldStart
    }

    private mutating func endField() throws {
        guard let text = String(validating: field, as: UTF8.self) else {
            throw InvoiceError(
                line: rowLine, "The row isn't in UTF-8. Export the file as CSV in UTF-8.",
                "La ligne n'est pas en UTF-8. Exportez le fichier en CSV, en UTF-8.")
        }
        fields.append(text)
        field.removeAll(keepingCapacity: true)
        place = .fieldStart
    }

    /// Nil for an empty line.
    private mutating func endRow() throws -> Row? {
        if place == .plain, field.last == UInt8(ascii: "\r") { field.removeLast() }
        try endField()
        defer {
            fields = []
            rowBytes = 0
        }
        return fields == [""] ? nil : Row(line: rowLine, fields: fields)
    }
}
