import Wire

/// The scanner, the tree and the outline must agree on whether a text is JSON; and a tree that is written and read again
/// must be the same tree.
enum JSONFuzzing {
    static func run(_ bytes: UnsafeRawBufferPointer) throws {
        guard let input = FuzzInput(bytes) else { return }
        let isScanned = input.text.withUnsafeBytes { isJSON($0) }
        try checkTree(of: input.text, isScanned: isScanned)
        try checkOutline(of: input, isScanned: isScanned)
    }

    private static func checkTree(of text: [UInt8], isScanned: Bool) throws {
        let tree: JSON
        do throws(JSONError) {
            tree = try JSON(parsing: text)
        } catch {
            // Only who builds a tree minds a key that comes twice.
            return try check(!isScanned || error.reason == .repeatedKey, "The tree refuses what the scanner takes.")
        }
        try check(isScanned, "The scanner refuses what the tree takes.")
        try check(try JSON(parsing: tree.bytes()) == tree, "A tree changes when it is written and read.")
        let sorted = tree.bytes(.sorted)
        try check(try JSON(parsing: sorted).bytes(.sorted) == sorted, "A sorted text can still be sorted.")
        look(into: tree)
    }

    /// Asks each value for what it may be, the numbers among them for what fits.
    private static func look(into tree: JSON) {
        _ = (tree.int, tree.double, tree.bool, tree.string)
        for element in tree.array ?? [] { look(into: element) }
        for member in tree.object?.members ?? [] { look(into: member.value) }
    }

    private static func checkOutline(of input: FuzzInput, isScanned: Bool) throws {
        var outline = BodyOutline(limit: 1 << 20)
        for piece in input.pieces { piece.withUnsafeBytes { outline.take($0) } }
        outline.finish()
        guard outline.isUsable else { return try check(!isScanned, "The outline refuses what the scanner takes.") }
        let isSound = outline.text.withUnsafeBytes { isJSON($0) }
        try check(isSound == isScanned, "The outline's soundness isn't the text's.")
        let end = outline.gaps.original(outline.text.count)
        try check(end == input.text.count, "The outline lost count of what it left out.")
    }
}
