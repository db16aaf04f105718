/// Where a secret of an imported file is: it is told apart from others, and never written or printed.
enum ImportedSecret: Hashable, Sendable {
    /// LiteLLM's `os.environ/NAME`.
    case variable(String)
    /// The secret itself stands in the file.
    case pasted(String)
    /// There is none.
    case absent

    init?(_ text: String) {
        guard text.hasPrefix(SourceReference.prefix) else {
            self = .pasted(text)
            return
        }
        let name = String(text.dropFirst(SourceReference.prefix.count))
        guard SourceReference.isName(name) else { return nil }
        self = .variable(name)
    }
}

extension ImportedSecret: CustomStringConvertible, CustomReflectable {
    var description: String {
        switch self {
        case .variable(let name): "$\(name)"
        case .pasted: "<redacted>"
        case .absent: "none"
        }
    }
    var customMirror: Mirror { Mirror(self, children: []) }
}

/// LiteLLM's way to name an environment variable.
enum SourceReference {
    static let prefix = "os.environ/"

    /// What a shell takes for the name of a variable (POSIX, XBD 3.216, "Name").
    static func isName(_ text: String) -> Bool {
        let isStart = { (byte: UInt8) in
            byte == UInt8(ascii: "_") || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
                || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
        }
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard let first = text.utf8.first, text.utf8.count <= 200 else { return false }
        return isStart(first) && text.utf8.allSatisfy { isStart($0) || digits ~= $0 }
    }
}
