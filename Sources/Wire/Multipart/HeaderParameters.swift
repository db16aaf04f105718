/// A header field's value with parameters, such as `form-data; name="file"` (RFC 9110, section 5.6.6).
struct HeaderParameters {
    let value: String
    private var parameters: [String: String] = [:]

    /// Nil where the text isn't of this form, or a parameter comes twice: of two readers each could believe another one.
    init?(_ text: String) {
        let halves = text.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        value = halves.first.map { $0.trimming { $0 == " " || $0 == "\t" } } ?? ""
        guard !value.isEmpty else { return nil }
        var rest = (halves.count == 2 ? halves[1] : "").unicodeScalars
        while true {
            rest = rest.drop { $0 == " " || $0 == "\t" || $0 == ";" }
            guard !rest.isEmpty else { return }
            let name = rest.prefix { $0 != "=" && $0 != ";" }
            rest = rest[name.endIndex...]
            guard rest.popFirst() == "=", let value = Self.value(&rest),
                parameters.updateValue(value, forKey: String(name).lowercased()) == nil
            else { return nil }
        }
    }

    /// By its name, whose case doesn't matter.
    subscript(_ name: String) -> String? { parameters[name] }

    private static func value(_ rest: inout Substring.UnicodeScalarView) -> String? {
        guard rest.first == "\"" else {
            let token = rest.prefix { $0 != ";" && $0 != " " && $0 != "\t" }
            rest = rest[token.endIndex...]
            rest = rest.drop { $0 == " " || $0 == "\t" }
            guard !token.isEmpty, rest.first == nil || rest.first == ";" else { return nil }
            return String(token)
        }
        rest.removeFirst()
        var value = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"":
                rest = rest.drop { $0 == " " || $0 == "\t" }
                return rest.first == nil || rest.first == ";" ? String(value) : nil
            case "\\":
                // Only these two are ever escaped so. Some browsers have sent a path with plain backslashes.
                if let next = rest.first, next == "\"" || next == "\\" {
                    value.append(next)
                    rest.removeFirst()
                } else {
                    value.append(scalar)
                }
            default: value.append(scalar)
            }
        }
        return nil
    }
}

extension Substring {
    fileprivate func trimming(_ isBlank: (Character) -> Bool) -> String {
        var text = drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return String(text)
    }
}
