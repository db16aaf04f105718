extension CaseIterable where Self: RawRepresentable<String> {
    /// All words that the type has, with commas between them.
    static var words: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
