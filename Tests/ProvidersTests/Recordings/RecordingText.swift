import Wire

/// JSON as people read it in a fixture: what fits on a line stands on one.
struct RecordingText {
    private(set) var text = ""

    init(_ value: JSON) {
        write(value, indent: 0)
        text += "\n"
    }

    private static let width = 118

    private mutating func write(_ value: JSON, indent: Int) {
        let line = value.text()
        guard line.count + indent > Self.width else {
            text += line
            return
        }
        switch value {
        case .array(let elements):
            list(elements.map { (nil, $0) }, "[", "]", indent)
        case .object(let object):
            list(object.members.map { ($0.key, $0.value) }, "{", "}", indent)
        default: text += line
        }
    }

    private mutating func list(_ members: [(String?, JSON)], _ open: String, _ close: String, _ indent: Int) {
        text += open
        for (index, (key, value)) in members.enumerated() {
            text += (index > 0 ? ",\n" : "\n") + String(repeating: " ", count: indent + 1)
            if let key { text += JSON.string(key).text() + ": " }
            write(value, indent: indent + 1)
        }
        text += "\n" + String(repeating: " ", count: indent) + close
    }
}
