/// Finding what has a provider send a request on to others, on the way of the scan.
///
/// Places are told as far as they are known: a function says what stands behind the value that it was given.
extension ChatScan {
    /// Steps over a member's value. The first that sends onward is kept.
    ///
    /// - Parameter parent: what the member belongs to, such as `input[2].`
    mutating func take(_ member: OnwardMember, in parent: String = "", _ scanner: inout JSONScanner) throws {
        let place =
            switch member {
            case .tools: try onwardTool(&scanner)
            case .modelFields: try onwardField(&scanner)
            case .mcpServers, .webSearchOptions, .dataSources, .olderDataSources:
                try namesSomething(&scanner) ? "" : nil
            }
        if let place, onwardMember == nil { onwardMember = parent + member.rawValue + place }
    }

    /// Null and an empty list name nothing. An empty object does: it asks for a search with nothing set.
    private mutating func namesSomething(_ scanner: inout JSONScanner) throws -> Bool {
        var probe = scanner
        switch try skipValue(&scanner).kind {
        case .null: return false
        case .array:
            try probe.enterArray()
            return try probe.nextElement()
        default: return true
        }
    }

    private mutating func onwardField(_ scanner: inout JSONScanner) throws -> String? {
        guard try scanner.peek() == .object else { return try ignored(&scanner) }
        var found: String?
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            look(at: scanner.bytes(in: key.range), mayHaveEscapes: key.isEscaped)
            let name = scanner.string(of: key)
            let place: String? =
                switch OnwardMember(rawValue: name) {
                case .tools: try onwardTool(&scanner)
                case nil, .modelFields: try ignored(&scanner)
                default: try namesSomething(&scanner) ? "" : nil
                }
            found = found ?? place.map { ".\(name)\($0)" }
        }
        return found
    }

    private mutating func ignored(_ scanner: inout JSONScanner) throws -> String? {
        _ = try skipValue(&scanner)
        return nil
    }

    /// The first of a list of tools that isn't known to stay.
    ///
    /// - Parameter isNested: tools may be in a tool, but not in one of those, which would have no end.
    private mutating func onwardTool(_ scanner: inout JSONScanner, isNested: Bool = false) throws -> String? {
        // What is no list are no tools on any wire.
        guard try scanner.peek() == .array else { return try ignored(&scanner) }
        var found: String?
        var index = 0
        try scanner.enterArray()
        while try scanner.nextElement() {
            let place = try onwardPart(ofTool: &scanner, isNested: isNested)
            found = found ?? place.map { "[\(index)]\($0)" }
            index += 1
        }
        return found
    }

    /// What in a tool sends onward: empty where that is the tool itself.
    private mutating func onwardPart(ofTool scanner: inout JSONScanner, isNested: Bool) throws -> String? {
        guard try scanner.peek() == .object else {
            _ = try skipValue(&scanner)
            return ""
        }
        var hasType = false
        var hasName = false
        var found: String?
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            look(at: scanner.bytes(in: key.range), mayHaveEscapes: key.isEscaped)
            let name = scanner.string(of: key)
            switch name {
            case "type":
                let type = try skipValue(&scanner)
                hasType = hasType || type.kind != .null
                // Of two types some readers take the first, and some the last: both have to stay.
                if type.kind != .null, !(scanner.string(of: type).map(ProviderTool.stays) ?? false) { found = "" }
            case "name", "function":
                hasName = true
                _ = try skipValue(&scanner)
            case "tools" where !isNested:
                if let place = try onwardTool(&scanner, isNested: true) { found = found ?? ".tools\(place)" }
            case "tools": if try namesSomething(&scanner) { found = found ?? ".tools" }
            case "container", "environment":
                if try opensNetwork(&scanner) { found = found ?? ".\(name).network_policy" }
            default: _ = try skipValue(&scanner)
            }
        }
        // Without a type a tool is a function, which has a name; Gemini's search has neither.
        return hasType || hasName ? found : ""
    }

    /// Whether what a tool runs in is let out to the network, which it isn't unless that is asked for.
    private mutating func opensNetwork(_ scanner: inout JSONScanner) throws -> Bool {
        guard try scanner.peek() == .object else {
            _ = try skipValue(&scanner)
            return false
        }
        var isOpen = false
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            look(at: scanner.bytes(in: key.range), mayHaveEscapes: key.isEscaped)
            let isPolicy = scanner.string(of: key) == "network_policy"
            let value = try skipValue(&scanner)
            if isPolicy, value.kind != .null { isOpen = true }
        }
        return isOpen
    }
}
