/// A file in the form that Converse takes: with one of nine formats and a name of few kinds of characters.
struct ConverseDocument {
    let format: String
    let name: String
    let base64: String
    var context: String?

    static let formats = ["pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"]

    /// By the media type, else by the name's ending, else by the first bytes; nil where none of them tells.
    static func format(mediaType: String, name: String?, base64: String) -> String? {
        if let format = formatsByType[mediaType.lowercased()] { return format }
        let ending = name?.split(separator: ".").last?.lowercased() ?? ""
        if let format = formats.first(where: { $0 == ending }) { return format }
        return ConverseConversation.firstBytes(base64).starts(with: Array("%PDF".utf8)) ? "pdf" : nil
    }

    private static let formatsByType = [
        "application/pdf": "pdf", "text/csv": "csv", "application/msword": "doc",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
        "application/vnd.ms-excel": "xls",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
        "text/html": "html", "text/plain": "txt", "text/markdown": "md",
    ]

    /// A file's name without its ending, made of letters, digits, single blanks, hyphens, parentheses and brackets, and
    /// other than the names that are taken.
    static func name(_ fileName: String, besides taken: Set<String>) -> String {
        let dot = fileName.lastIndex(of: ".") ?? fileName.endIndex
        let words = fileName[..<dot].unicodeScalars.map { isAllowed($0) ? Character($0) : " " }
            .split(separator: " ").map { String($0) }
        let cleaned = String(words.joined(separator: " ").prefix(longestName))
        let name = cleaned.isEmpty ? "document" : cleaned
        guard taken.contains(name) else { return name }
        // One of these is free: there are more of them than names that are taken.
        let numbers = 2...taken.count + 2
        return numbers.lazy.map { "\(name) (\($0))" }.first { !taken.contains($0) } ?? name
    }

    /// Converse takes 200 characters; some are left for a number.
    private static let longestName = 180

    private static func isAllowed(_ character: Unicode.Scalar) -> Bool {
        guard character.isASCII else { return false }
        return character.properties.isAlphabetic || "0123456789-()[]".unicodeScalars.contains(character)
    }
}
