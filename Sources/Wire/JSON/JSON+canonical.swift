/// The canonical form of RFC 8785 (JSON Canonicalization Scheme): of equal values, the same bytes.
extension JSON {
    /// The value as JSON text of which there is only one: members sorted by their keys' UTF-16 code units, no white space,
    /// the shortest escapes, and numbers as ECMAScript writes them (sections 3.2.2 and 3.2.3).
    ///
    /// - Throws: ``CanonicalFormError`` for a number that would become another one (appendix D).
    public var canonical: [UInt8] {
        get throws(CanonicalFormError) {
            var bytes: [UInt8] = []
            try writeCanonical(to: &bytes)
            return bytes
        }
    }

    fileprivate func writeCanonical(to bytes: inout [UInt8]) throws(CanonicalFormError) {
        switch self {
        case .number(let text): bytes.append(text: try CanonicalNumber(text).text)
        case .array(let elements): try Self.writeCanonical(elements, to: &bytes)
        case .object(let object): try object.writeCanonical(to: &bytes)
        case .null, .bool, .string: write(to: &bytes)
        }
    }

    private static func writeCanonical(_ elements: [JSON], to bytes: inout [UInt8]) throws(CanonicalFormError) {
        bytes.append("[")
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(",") }
            try element.writeCanonical(to: &bytes)
        }
        bytes.append("]")
    }
}

extension JSONObject {
    fileprivate func writeCanonical(to bytes: inout [UInt8]) throws(CanonicalFormError) {
        // By UTF-8 the letters above U+FFFF would come last; by UTF-16 they come before those from U+E000 on.
        let sorted = members.sorted { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }
        bytes.append("{")
        for (index, member) in sorted.enumerated() {
            if index > 0 { bytes.append(",") }
            bytes.append(json: member.key)
            bytes.append(":")
            try member.value.writeCanonical(to: &bytes)
        }
        bytes.append("}")
    }
}

/// Why a value has no canonical form: a number in it means something else to whoever reads numbers as doubles.
public struct CanonicalFormError: Error, Hashable, Sendable {
    /// The number as it was written; its beginning, where it is very long.
    public let number: String

    init(number: String) {
        self.number = number.utf8.count > 40 ? String(decoding: number.utf8.prefix(40), as: UTF8.self) + "…" : number
    }
}

extension CanonicalFormError: CustomStringConvertible {
    public var description: String {
        "The number \(number) has no canonical form: a reader that takes numbers for doubles would change its value. "
            + "Write it as a string (RFC 8785, appendix D)."
    }
}
