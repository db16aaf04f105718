/// A range of a head's bytes.
///
/// A head has at most 65,536 bytes, and it ends with a line end: no offset in it is beyond 16 bits.
package struct HTTP1Place: Sendable {
    private let start: UInt16
    private let end: UInt16

    @inline(__always)
    init(_ range: Range<Int>) {
        start = UInt16(range.lowerBound)
        end = UInt16(range.upperBound)
    }

    package var range: Range<Int> { Int(start)..<Int(end) }
}

/// Where a field's name and value stand in the bytes of a head; the value without white space around it.
package struct HTTP1Field: Sendable {
    private let namePlace: HTTP1Place
    private let valuePlace: HTTP1Place

    @inline(__always)
    init(name: Range<Int>, value: Range<Int>) {
        namePlace = HTTP1Place(name)
        valuePlace = HTTP1Place(value)
    }

    package var name: Range<Int> { namePlace.range }
    package var value: Range<Int> { valuePlace.range }
}

/// The header fields of a message, as they stand in the bytes of its head.
package struct HTTP1Fields: Sendable {
    /// The whole head.
    package let bytes: [UInt8]
    package let places: [HTTP1Field]

    init(bytes: [UInt8], places: [HTTP1Field]) {
        self.bytes = bytes
        self.places = places
    }

    /// Fields that nobody sent.
    init(_ fields: [(String, String)]) {
        var bytes: [UInt8] = []
        places = fields.map { name, value in
            let start = bytes.count
            bytes += Array("\(name): \(value)\r\n".utf8)
            let nameEnd = start + name.utf8.count
            return HTTP1Field(name: start..<nameEnd, value: nameEnd + 2..<bytes.count - 2)
        }
        self.bytes = bytes
    }

    package var count: Int { places.count }

    /// The value of the first field with a name, which is compared without regard to case.
    package subscript(name: String) -> String? {
        bytes.withUnsafeBytes { head in
            for place in places where head[rebasing: place.name].isSameToken(as: name) {
                return String(decoding: head[rebasing: place.value], as: UTF8.self)
            }
            return nil
        }
    }

    /// All fields in their order, for a message that is passed on whole.
    package var all: [(name: String, value: String)] {
        places.map { (text(at: $0.name), text(at: $0.value)) }
    }

    /// Calls `body` with each name and value in their order. They are only there during the call.
    package func visit(_ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void) {
        bytes.withUnsafeBytes { head in
            for place in places { body(head[rebasing: place.name], head[rebasing: place.value]) }
        }
    }

    package func text(at range: Range<Int>) -> String {
        bytes.withUnsafeBytes { String(decoding: $0[rebasing: range], as: UTF8.self) }
    }
}

extension UnsafeRawBufferPointer {
    /// Without regard to the case of ASCII letters.
    fileprivate func isSameToken(as other: String) -> Bool {
        guard count == other.utf8.count else { return false }
        return zip(self, other.utf8).allSatisfy { byte, other in
            byte == other || byte ^ other == 0x20 && UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
        }
    }
}
