/// The head of an upstream's reply: its status, and its header fields as they stand in the bytes.
public struct ReplyHead: Sendable {
    public let status: Int
    private let fields: HTTP1Fields

    init(status: Int, fields: HTTP1Fields) {
        self.status = status
        self.fields = fields
    }

    /// A reply's head that no upstream sent.
    package init(status: Int, fields: [(String, String)]) {
        self.init(status: status, fields: HTTP1Fields(fields))
    }

    /// The value of the first field with a name, which is compared without regard to case.
    public subscript(name: String) -> String? { fields[name] }

    /// All fields in their order, for a reply that is passed on whole.
    public var all: [(name: String, value: String)] { fields.all }
}
