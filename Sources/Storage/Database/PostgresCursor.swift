/// The rows of a query, a few hundred at a time. It ends with its transaction.
final class PostgresCursor {
    private let connection: PostgresConnection
    private let name: String
    private var piece: PostgresResult?
    private var index = 0
    private var isAtEnd = false

    private static let pieceSize = 500

    init(_ connection: PostgresConnection, _ name: String) {
        self.connection = connection
        self.name = name
    }

    func next() throws -> Row? {
        if let piece, index < piece.count {
            defer { index += 1 }
            return Row(.postgres(piece, index))
        }
        guard !isAtEnd else { return nil }
        let fetched = try connection.run("FETCH FORWARD \(Self.pieceSize) FROM \(name)", [])
        isAtEnd = fetched.count < Self.pieceSize
        (piece, index) = (fetched, 0)
        return try next()
    }
}
