import Testing

/// What a caller may want of a route, as a column of the tables has it.
enum CompatibilityFeature: String, CaseIterable, Sendable {
    case text = "Text"
    case toolCall = "Tool call"
    case parallelCalls = "Parallel calls"
    case toolResult = "Tool result"
    case structuredOutput = "Structured output"
    case image = "Image"
    case thinking = "Thinking, sent back"
}

/// One thing to try: a feature of an upstream on a surface, whole or streamed.
struct CompatibilityCase: Hashable, Sendable, CustomTestStringConvertible {
    let family: Family
    let surface: ChatSurface
    let feature: CompatibilityFeature
    let isStreamed: Bool

    var testDescription: String {
        "\(family.rawValue), \(surface.rawValue), \(feature.rawValue), \(isStreamed ? "streamed" : "whole")"
    }

    static let all = ChatSurface.allCases.flatMap { surface in
        Family.allCases.flatMap { family in
            CompatibilityFeature.allCases.flatMap { feature in
                [false, true].map {
                    CompatibilityCase(family: family, surface: surface, feature: feature, isStreamed: $0)
                }
            }
        }
    }
}

/// How a case came out, unless it failed.
enum CompatibilityOutcome: Hashable, Sendable {
    case passed
    /// Thinking came with a signature, which went back to the model with it.
    case signed
    /// Thinking came without a signature, and went back.
    case returned
    /// Thinking came without a signature, and was left out of the next turn.
    case shown
    /// Refused before anything left the gateway.
    case refused(status: Int, code: String)

    /// As a cell of a table.
    var cell: String {
        switch self {
        case .passed: "✓"
        case .signed: "✓ signed"
        case .returned: "✓ unsigned"
        case .shown: "shown"
        case .refused(let status, let code): "\(status) `\(code)`"
        }
    }
}

/// What is wrong with a reply, or with what the upstream was asked.
struct CompatibilityFault: Error, CustomStringConvertible {
    let description: String

    static func require(_ condition: Bool, _ description: @autoclosure () -> String) throws {
        guard condition else { throw CompatibilityFault(description: description()) }
    }

    static func unwrap<Value>(_ value: Value?, _ description: @autoclosure () -> String) throws -> Value {
        guard let value else { throw CompatibilityFault(description: description()) }
        return value
    }
}
