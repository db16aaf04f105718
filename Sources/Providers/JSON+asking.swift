import Wire

extension JSON {
    /// Whether a member with this value asks an upstream for nothing, so that it can be left out of a translation without
    /// changing the meaning.
    var asksForNothing: Bool {
        switch self {
        case .null: true
        case .array(let elements): elements.isEmpty
        case .object(let object): object.isEmpty
        case .bool, .number, .string: false
        }
    }
}
