import Foundation

/// Takes lines out of bytes that come in pieces. None may be longer than a limit.
struct LineSplitter {
    private let mostBytes: Int
    private var rest: [UInt8] = []

    /// - Parameter mostBytes: of a line, without its newline.
    init(mostBytes: Int) { self.mostBytes = mostBytes }

    /// - Returns: the lines that are whole now, without their newlines.
    /// - Throws: ``LineTooLong``.
    mutating func add(_ bytes: some Collection<UInt8>) throws(LineTooLong) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var bytes = bytes[...]
        while let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
            try keep(bytes[..<end])
            lines.append(rest)
            rest = []
            bytes = bytes[bytes.index(after: end)...]
        }
        try keep(bytes)
        return lines
    }

    /// What stands after the last newline.
    mutating func end() -> [UInt8]? {
        defer { rest = [] }
        return rest.isEmpty ? nil : rest
    }

    private mutating func keep(_ bytes: some Collection<UInt8>) throws(LineTooLong) {
        guard bytes.count <= mostBytes - rest.count else { throw LineTooLong(mostBytes: mostBytes) }
        rest += bytes
    }
}

struct LineTooLong: Error, Hashable, CustomStringConvertible {
    let mostBytes: Int
    var description: String { "A line is longer than \(mostBytes) bytes, so it is no record." }
}

/// Shows the lines of a file of any size, one after the other.
///
/// - Throws: ``LineTooLong``, ``ConfigurationError`` where the file can't be read, or what `look` throws.
func forEachLine(of path: String, mostBytes: Int, _ look: ([UInt8]) throws -> Void) throws {
    guard let file = FileHandle(forReadingAtPath: path) else { throw unreadableFile(path) }
    defer { try? file.close() }
    var splitter = LineSplitter(mostBytes: mostBytes)
    while true {
        let piece: Data?
        do { piece = try file.read(upToCount: 256 << 10) } catch { throw unreadableFile(path) }
        guard let piece, !piece.isEmpty else { break }
        for line in try splitter.add(piece) { try look(line) }
    }
    if let line = splitter.end() { try look(line) }
}

func unreadableFile(_ path: String) -> ConfigurationError {
    ConfigurationError("'\(path)' can't be read. Check its name and its rights.")
}
