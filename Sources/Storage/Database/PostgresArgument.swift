import Foundation

/// An argument in PostgreSQL's binary form.
struct PostgresArgument {
    /// Object ids of types, which never change (pg_type.dat).
    enum TypeID: UInt32 {
        case unknown = 0
        case bytes = 17
        case integer = 20
        case text = 25
        case listOfBytes = 1001
        case listOfTexts = 1009
        case listOfIntegers = 1016
    }

    let type: TypeID
    /// nil is NULL.
    let bytes: [UInt8]?

    static let null = PostgresArgument(type: .unknown, bytes: nil)

    init(type: TypeID, bytes: [UInt8]?) {
        self.type = type
        self.bytes = bytes
    }

    init(_ number: Int64) { self.init(type: .integer, bytes: number.bigEndianBytes) }

    init(_ values: [Data]) { self.init(list: .listOfBytes, of: .bytes, values.map { Array($0) }) }
    init(_ values: [String]) { self.init(list: .listOfTexts, of: .text, values.map(\.postgresBytes)) }
    init(_ values: [Int64]) { self.init(list: .listOfIntegers, of: .integer, values.map(\.bigEndianBytes)) }

    /// A list of one dimension, without a NULL (array_recv in arrayfuncs.c).
    private init(list: TypeID, of type: TypeID, _ values: [[UInt8]]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(values.reduce(20) { $0 + 4 + $1.count })
        for number in [1, 0, Int32(bitPattern: type.rawValue), Int32(clamping: values.count), 1] {
            bytes += number.bigEndianBytes
        }
        for value in values {
            bytes += Int32(clamping: value.count).bigEndianBytes
            bytes += value
        }
        self.init(type: list, bytes: bytes)
    }

    /// All arguments one behind the other, so that one pointer leads to each.
    static func withPointers<Value>(
        _ values: [PostgresArgument], _ work: ([UnsafePointer<CChar>?]) throws -> Value
    ) rethrows -> Value {
        // One byte more, so that an empty text isn't NULL.
        let all = Array(values.compactMap(\.bytes).joined()) + [0]
        return try all.withUnsafeBytes { buffer in
            var offset = 0
            let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            return try work(
                values.map { value in
                    guard let bytes = value.bytes else { return nil }
                    defer { offset += bytes.count }
                    return start.map { $0 + offset }
                })
        }
    }
}

extension FixedWidthInteger {
    fileprivate var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}

extension String {
    /// PostgreSQL has no text with a zero byte in it.
    fileprivate var postgresBytes: [UInt8] {
        utf8.contains(0) ? Array(replacingOccurrences(of: "\0", with: "\u{FFFD}").utf8) : Array(utf8)
    }
}

extension Bool {
    init?(postgres text: UnsafeRawBufferPointer) {
        switch text.first {
        case UInt8(ascii: "t"), UInt8(ascii: "1"): self = true
        case UInt8(ascii: "f"), UInt8(ascii: "0"): self = false
        default: return nil
        }
    }
    var forPostgres: PostgresArgument { PostgresArgument(self ? 1 : 0) }
}

extension Int {
    init?(postgres text: UnsafeRawBufferPointer) { self.init(String(decoding: text, as: UTF8.self)) }
    var forPostgres: PostgresArgument { PostgresArgument(Int64(self)) }
}

extension Int64 {
    init?(postgres text: UnsafeRawBufferPointer) { self.init(String(decoding: text, as: UTF8.self)) }
    var forPostgres: PostgresArgument { PostgresArgument(self) }
}

extension String {
    init?(postgres text: UnsafeRawBufferPointer) { self.init(decoding: text, as: UTF8.self) }
    var forPostgres: PostgresArgument { PostgresArgument(type: .text, bytes: postgresBytes) }
}

extension Data {
    /// In the form `\x0123…` (bytea_output = hex).
    init?(postgres text: UnsafeRawBufferPointer) {
        guard text.count >= 2, text[0] == UInt8(ascii: "\\"), text[1] == UInt8(ascii: "x"), text.count % 2 == 0 else {
            return nil
        }
        self.init(capacity: text.count / 2)
        for index in stride(from: 2, to: text.count, by: 2) {
            guard let high = Self.digit(text[index]), let low = Self.digit(text[index + 1]) else { return nil }
            append(high << 4 | low)
        }
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    var forPostgres: PostgresArgument { PostgresArgument(type: .bytes, bytes: Array(self)) }
}
