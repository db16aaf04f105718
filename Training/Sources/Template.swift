import Foundation

/// A sentence with slots for names and places.
struct Template {
    enum Piece: Equatable {
        case text(String)
        case slot(String)
    }

    let pieces: [Piece]
    let isFrench: Bool
    let isNegative: Bool

    static let slots: Set<String> = [
        "P", "F", "L", "R", "I", "IN", "PU", "FU", "LU", "f", "l", "FW", "LW", "fw", "lw", "C", "c", "CU", "S", "A",
        "n",
    ]
    private static let values: Set<String> = ["EMAIL", "PHONE", "POSTAL"]

    init(_ line: Substring, isFrench: Bool, isNegative: Bool) {
        var pieces: [Piece] = []
        var text = ""
        var rest = line.replacing("\\n", with: "\n").replacing("\\t", with: "\t")[...]
        func close() {
            if !text.isEmpty { pieces.append(.text(text)) }
            text = ""
        }
        while let first = rest.first {
            if first == "{", let end = rest.firstIndex(of: "}"),
                Self.slots.contains(String(rest[rest.index(after: rest.startIndex)..<end]))
            {
                close()
                pieces.append(.slot(String(rest[rest.index(after: rest.startIndex)..<end])))
                rest = rest[rest.index(after: end)...]
            } else if let value = Self.values.first(where: { rest.hasPrefix($0) }) {
                close()
                pieces.append(.slot(value))
                rest = rest.dropFirst(value.count)
            } else {
                text.append(first)
                rest = rest.dropFirst()
            }
        }
        close()
        self.pieces = pieces
        self.isFrench = isFrench
        self.isNegative = isNegative
    }

    /// All of a folder, in the order of the files' names.
    static func all(in folder: URL) throws -> [Template] {
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "txt" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
        return try files.flatMap { file in
            let name = file.lastPathComponent
            return try Lists.lines(file).map {
                Template($0, isFrench: name.hasPrefix("fr"), isNegative: name.contains("neg"))
            }
        }
    }
}
