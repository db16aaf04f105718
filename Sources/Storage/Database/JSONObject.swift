import Foundation

/// The members of a JSON object, as they stand in its bytes: read just far enough to ask for some of them, and to put
/// others in their place.
///
/// Databases differ in what they can say of JSON, and records have to be found in all of them.
struct JSONObject {
    private let bytes: [UInt8]
    private var members: [(name: String, value: Range<Int>)] = []

    /// Nil for what isn't a JSON object (RFC 8259).
    init?(_ bytes: some Collection<UInt8>) {
        self.bytes = Array(bytes)
        var scanner = JSONScanner(self.bytes)
        guard let members = scanner.wholeObject() else { return nil }
        self.members = members
    }

    /// The first member of that name.
    private func range(of name: String) -> Range<Int>? { members.first { $0.name == name }?.value }

    /// Nil for a member that isn't there, and that isn't a text.
    func text(_ name: String) -> String? { range(of: name).flatMap { JSONScanner.text(bytes[$0]) } }

    func number(_ name: String) -> Int? { range(of: name).flatMap { Int(String(decoding: bytes[$0], as: UTF8.self)) } }

    func object(_ name: String) -> JSONObject? { range(of: name).flatMap { JSONObject(bytes[$0]) } }

    /// Those of a list that are objects.
    func objects(_ name: String) -> [JSONObject] {
        guard let range = range(of: name) else { return [] }
        var scanner = JSONScanner(Array(bytes[range]))
        return scanner.wholeList()?.compactMap {
            JSONObject(bytes[range][(range.lowerBound + $0.lowerBound)..<(range.lowerBound + $0.upperBound)])
        } ?? []
    }

    /// The bytes with other texts for some members; one that isn't there is left out.
    func replacing(_ texts: [String: String]) -> [UInt8] {
        var result: [UInt8] = []
        var end = 0
        for (name, value) in members {
            guard let text = texts[name] else { continue }
            result += bytes[end..<value.lowerBound]
            result += JSONScanner.quoted(text)
            end = value.upperBound
        }
        return result + bytes[end...]
    }
}
