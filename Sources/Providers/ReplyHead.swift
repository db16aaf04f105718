/// The head of an upstream's reply: its status, and its header fields as they stand in the bytes.
public struct ReplyHead: Sendable {
    public let status: Int
    private let bytes: [UInt8]
    private let fields: [Field]

    /// Where a field's name and value stand in the bytes of the head; the value without white space around it.
    public struct Field: Sendable {
        public let name: Range<Int>
        public let value: Range<Int>

        public init(name: Range<Int>, value: Range<Int>) {
            self.name = name
            self.value = value
        }
    }

    public init(status: Int, bytes: [UInt8], fields: [Field]) {
        self.status = status
        self.bytes = bytes
        self.fields = fields
    }

    /// The value of the first field with a name, which is compared without regard to case.
    public subscript(name: String) -> String? {
        fields.first { matches($0.name, name) }.map { String(decoding: bytes[$0.value], as: UTF8.self) }
    }

    /// All fields in their order, for a reply that is passed on whole.
    public var all: [(name: String, value: String)] {
        fields.map {
            (String(decoding: bytes[$0.name], as: UTF8.self), String(decoding: bytes[$0.value], as: UTF8.self))
        }
    }

    private func matches(_ range: Range<Int>, _ name: String) -> Bool {
        range.count == name.utf8.count && zip(bytes[range], name.utf8).allSatisfy { $0 | 0x20 == $1 | 0x20 }
    }
}
