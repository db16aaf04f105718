import Domain

extension LogTile.ID {
    /// The longest that can be a tile's: `tile/entries/x123/x456/x789/x123/x456/789.p/255`.
    private static let longestPath = 48
    /// What six groups of digits can say. It leaves room to calculate with what was read.
    private static let numberLimit = 1_000_000_000_000_000_000

    /// Where the tile is, seen from the log's prefix: `tile/0/x001/x234/067`, `tile/entries/000.p/17`.
    public var path: String {
        var path = "tile/"
        switch layer {
        case .entries: path += "entries"
        case .hashes(let level): path += String(level)
        }
        path += "/\(Self.groups(of: number))"
        return isFull ? path : path + ".p/\(width)"
    }

    /// Reads what ``path`` gives, and no other form; nil for all else.
    public init?(path: String) {
        guard path.utf8.count <= Self.longestPath else { return nil }
        var parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts.removeFirst() == "tile", let layer = Self.layer(parts.removeFirst()) else {
            return nil
        }
        var width = LogTile.fullWidth
        if parts.count >= 2, parts[parts.count - 2].hasSuffix(".p") {
            width = Int(parts.removeLast()) ?? 0
            parts[parts.count - 1].removeLast(2)
        }
        guard 1...LogTile.fullWidth ~= width, let number = Int(parts.map { $0.drop { $0 == "x" } }.joined()) else {
            return nil
        }
        self.init(layer, number: number, width: width)
        // The form is held against what would have been written: that refuses all that was read too generously.
        guard 0..<Self.numberLimit ~= number, self.path.hasSameBytes(as: path) else { return nil }
    }

    private static func layer(_ text: Substring) -> LogTile.Layer? {
        if text == "entries" { return .entries }
        guard let level = Int(text), 0...63 ~= level else { return nil }
        return .hashes(level: level)
    }

    /// Three digits each, all but the last with an `x` before them.
    private static func groups(of number: Int) -> String {
        var groups = String(threeDigits(number))
        var rest = number / 1_000
        while rest > 0 {
            groups = "x\(threeDigits(rest))/\(groups)"
            rest /= 1_000
        }
        return groups
    }

    private static func threeDigits(_ number: Int) -> Substring { String(number % 1_000 + 1_000).dropFirst() }
}
