import Wire

/// A part of the program that reads bytes which nobody vouches for, and what must hold whatever these are.
///
/// libFuzzer makes the bytes up (`scripts/fuzz`); the unit tests go through those in `Corpus` again.
package struct FuzzTarget: Sendable {
    package let name: String
    private let check: @Sendable (UnsafeRawBufferPointer) throws -> Void

    /// - Throws: ``Disagreement``. What crashes, hangs or reads too far is seen from outside.
    package func run(_ bytes: UnsafeRawBufferPointer) throws { try check(bytes) }

    package static let all = [
        FuzzTarget(name: "http1", check: HTTP1Fuzzing.run),
        FuzzTarget(name: "json", check: JSONFuzzing.run),
        FuzzTarget(name: "sse", check: SSEFuzzing.run),
        FuzzTarget(name: "eventstream", check: EventStreamFuzzing.run),
        FuzzTarget(name: "multipart", check: MultipartFuzzing.run),
        FuzzTarget(name: "requests", check: RequestFuzzing.run),
        FuzzTarget(name: "replies", check: ReplyFuzzing.run),
    ]
}

/// Something that should hold for all bytes, and doesn't for these.
package struct Disagreement: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// Goes on only when something holds that should.
package func check(_ holds: Bool, _ promise: @autoclosure () -> String) throws {
    guard holds else { throw Disagreement(promise()) }
}

/// Whether the bytes are one JSON text, by the scanner, which builds nothing.
func isJSON(_ bytes: UnsafeRawBufferPointer) -> Bool {
    do throws(JSONError) {
        var scanner = try JSONScanner(bytes)
        _ = try scanner.skipValue()
        try scanner.end()
        return true
    } catch {
        return false
    }
}
