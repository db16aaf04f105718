import Wire

/// Makes values that fit a JSON Schema out of a text: always the same from the same.
struct Synthesizer {
    private let root: JSON
    private var source: SourceText
    /// How many more values may be made: a schema that refers to itself in several places grows without end.
    private var budget = 2_000

    private static let deepestOptional = 6
    private static let deepest = 12
    private static let longestArray = 100

    static func value(for schema: JSON, from text: String) -> JSON {
        var synthesizer = Synthesizer(root: schema, source: SourceText(text))
        return synthesizer.value(for: schema, name: nil, depth: 0)
    }

    private init(root: JSON, source: SourceText) {
        self.root = root
        self.source = source
    }

    private mutating func value(for schema: JSON, name: String?, depth: Int) -> JSON {
        budget -= 1
        guard depth <= Self.deepest, budget > 0 else { return nil }
        let schema = Schema(schema, root: root)
        if let constant = schema["const"] { return constant }
        if let values = schema["enum"]?.array, let first = values.first { return earliest(of: values) ?? first }
        if let options = (schema["anyOf"] ?? schema["oneOf"])?.array {
            let option = options.first { $0["type"]?.string != "null" } ?? nil
            return value(for: option, name: name, depth: depth)
        }
        switch schema.type {
        case "object": return object(schema, depth: depth)
        case "array": return array(schema, name: name, depth: depth)
        case "integer", "number": return number(schema)
        case "boolean": return .bool(!saysNo)
        case "null": return nil
        default: return .string(string(schema, name: name))
        }
    }

    /// The value that occurs earliest in the text, ignoring case.
    private func earliest(of values: [JSON]) -> JSON? {
        let text = source.text.lowercased()
        let places = values.compactMap { value -> (value: JSON, place: String.Index)? in
            let word = (value.string ?? value.text()).lowercased()
            guard !word.isEmpty, let place = text.firstRange(of: word)?.lowerBound else { return nil }
            return (value, place)
        }
        return places.min { $0.place < $1.place }?.value
    }

    private var saysNo: Bool {
        let words = Set(plainWords(of: source.text))
        return !words.isDisjoint(with: ["no", "not", "false", "off", "never", "without"])
    }
}

// MARK: Containers

extension Synthesizer {
    private mutating func object(_ schema: Schema, depth: Int) -> JSON {
        var object = JSONObject()
        let properties = schema["properties"]?.object ?? [:]
        let required = schema["required"]?.array?.compactMap(\.string) ?? []
        for property in properties.members {
            let isRequired = required.contains(property.key)
            if !isRequired, depth >= Self.deepestOptional || budget < 100 { continue }
            let standard = isRequired ? nil : Schema(property.value, root: root)["default"]
            object[property.key] = standard ?? value(for: property.value, name: property.key, depth: depth + 1)
        }
        for name in required where properties[name] == nil {
            object[name] = .string(string(Schema([:], root: [:]), name: name))
        }
        if properties.isEmpty, required.isEmpty, let other = schema["additionalProperties"], other.object != nil {
            object["key"] = value(for: other, name: "key", depth: depth + 1)
        }
        return .object(object)
    }

    private mutating func array(_ schema: Schema, name: String?, depth: Int) -> JSON {
        if let items = schema["prefixItems"]?.array {
            var elements: [JSON] = []
            for item in items { elements.append(value(for: item, name: name, depth: depth + 1)) }
            return .array(elements)
        }
        let most = min(schema.limit("maxItems") ?? Self.longestArray, Self.longestArray)
        let least = min(schema.limit("minItems") ?? 0, most)
        if depth >= Self.deepestOptional, least == 0 { return [] }
        let item = schema["items"] ?? [:]
        var elements = isPlainString(item) ? source.takeQuotations().map { JSON($0) } : []
        while elements.count < min(most, max(1, least)), budget > 0 {
            elements.append(value(for: item, name: name, depth: depth + 1))
        }
        return .array(Array(elements.prefix(max(0, most))))
    }

    private func isPlainString(_ item: JSON) -> Bool {
        let schema = Schema(item, root: root)
        let conditions = ["const", "enum", "anyOf", "oneOf", "format", "pattern"]
        return schema.type == "string" && conditions.allSatisfy { schema[$0] == nil }
    }
}

// MARK: Scalars

extension Synthesizer {
    private mutating func number(_ schema: Schema) -> JSON {
        let bounds = NumberBounds(schema)
        if let written = source.nextNumber(where: { Double($0).map(bounds.admit) ?? false }),
            let number = Double(written)
        {
            return bounds.isWhole ? JSON(Int(exactly: number) ?? 1) : JSON(number)
        }
        let candidates = [1, bounds.least, bounds.most, bounds.step, bounds.firstStep, 0].compactMap(\.self)
        return JSON(candidates.first(where: bounds.admit) ?? bounds.least ?? 1)
    }

    private mutating func string(_ schema: Schema, name: String?) -> String {
        if let sample = schema["format"]?.string.flatMap({ StringSamples.byFormat[$0] }) { return sample }
        var text =
            name.flatMap { source.value(of: $0) } ?? source.nextQuotation() ?? source.nextPhrase()
            ?? shortened(source.text, to: 80)
        if let most = schema.limit("maxLength"), most >= 0 { text = String(text.prefix(most)) }
        if let least = schema.limit("minLength"), text.count < min(least, 10_000) {
            text += String(repeating: "x", count: min(least, 10_000) - text.count)
        }
        guard let pattern = schema["pattern"]?.string, !StringSamples.fits(text, pattern) else { return text }
        return StringSamples.first(fitting: pattern) ?? text
    }
}

/// Between which numbers a number has to be, and a multiple of what.
struct NumberBounds {
    let isWhole: Bool
    var least: Double?
    var most: Double?
    let step: Double?

    init(_ schema: Schema) {
        isWhole = schema.type == "integer"
        let smallest = isWhole ? 1.0 : 0.001
        least = schema["minimum"]?.double ?? schema["exclusiveMinimum"]?.double.map { $0 + smallest }
        most = schema["maximum"]?.double ?? schema["exclusiveMaximum"]?.double.map { $0 - smallest }
        step = schema["multipleOf"]?.double.flatMap { $0 > 0 ? $0 : nil }
    }

    /// The least multiple within the bounds.
    var firstStep: Double? {
        step.map { ((least ?? 0) / $0).rounded(.up) * $0 }
    }

    func admit(_ number: Double) -> Bool {
        if isWhole, Int(exactly: number) == nil { return false }
        if let least, number < least { return false }
        if let most, number > most { return false }
        guard let step else { return true }
        let quotient = number / step
        return abs(quotient - quotient.rounded()) < 1e-9
    }
}
