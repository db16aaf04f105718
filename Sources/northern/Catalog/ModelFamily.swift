import Domain

/// What all models of a family can do, whoever serves them and whatever their id looks like there.
///
/// For routes that don't say what their model can do. The facts are those of the family's least capable member.
struct ModelFamily {
    let traits: Set<Trait>
    /// Tokens.
    let contextWindow: Int
    /// Tokens.
    let maximumOutputTokens: Int

    enum Trait {
        case vision, tools
        /// Takes `temperature` and `top_p`.
        case sampling
    }

    /// The family that a provider's id of a model belongs to, such as
    /// `global.anthropic.claude-haiku-4-5-20251001-v1:0`.
    ///
    /// The longest name of a family that the id begins with, by whole words: what follows is a date, a version or a
    /// size. So `claude-opus-4-9`, which nobody knows yet, is taken for a `claude-opus-4`.
    init?(of model: String) {
        var words = Self.words(of: model)
        while !words.isEmpty {
            if let family = Self.known[words.joined(separator: "-")] {
                self = family
                return
            }
            words.removeLast()
        }
        return nil
    }

    /// The id without what says where it runs and who made it, in words.
    static func words(of model: String) -> [Substring] {
        let lowercased = model.lowercased()
        let name = lowercased.split(separator: "/").last ?? ""
        var parts = name.prefix { $0 != ":" && $0 != "@" }.split(separator: ".")
        // `us.anthropic.` goes; in `gpt-4.1` and `llama3.3`, the part before the dot has a digit.
        while parts.count > 1, let first = parts.first, !first.contains(where: \.isNumber) { parts.removeFirst() }
        return parts.flatMap { $0.split(separator: "-") }
    }
}

extension Capabilities {
    /// Nil for a model of no known family.
    static func family(of model: String) -> Capabilities? {
        ModelFamily(of: model).map { family in
            let seesImages = family.traits.contains(.vision)
            return Capabilities(
                supportsVision: seesImages, supportsFunctionCalling: family.traits.contains(.tools),
                modalities: seesImages ? ["text", "image"] : ["text"], contextWindow: family.contextWindow,
                maximumOutputTokens: family.maximumOutputTokens,
                supportsSamplingParameters: family.traits.contains(.sampling), basis: .modelFamily)
        }
    }

    /// What any chat model of the last years can do.
    static let careful = Capabilities(
        supportsVision: false, supportsFunctionCalling: false, modalities: ["text"], contextWindow: 8_192,
        maximumOutputTokens: 2_048, basis: .default)
}
