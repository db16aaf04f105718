/// Letters and digits drawn by chance.
enum RandomText {
    static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    static func isBase62(_ character: UInt8) -> Bool { alphabet.contains(character) }

    /// From the system's generator. 43 letters hold 256 bits.
    static func base62(count: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return base62(count: count, using: &generator)
    }

    /// Each letter is as likely as any other: `random(in:using:)` draws again where a remainder would favor some.
    static func base62(count: Int, using generator: inout some RandomNumberGenerator) -> String {
        let letters = (0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
        return String(decoding: letters, as: UTF8.self)
    }
}
