import Domain
import Foundation

/// What an entry costs, what it can, and how much of the traffic it had.
extension LiteLLMImport {
    /// LiteLLM counts dollars per token, and the catalogue dollars per million.
    mutating func prices(_ entry: inout LiteLLMEntry) -> String? {
        let names = [
            ("input_cost_per_token", "input"), ("output_cost_per_token", "output"),
            ("cache_read_input_token_cost", "cached_input"), ("cache_creation_input_token_cost", "cache_write"),
        ]
        var found: [(String, String)] = []
        for (name, ours) in names {
            guard let member = entry.fact(name) ?? entry.parameter(name), let text = member.text else { continue }
            guard let price = Self.perMillion(text) else {
                note(
                    .leftOut, member.line, "\(entry.subject).model_info.\(name)",
                    "it must be dollars per token, with at most twelve decimals")
                continue
            }
            found.append((ours, price))
            note(
                .taken, member.line, "\(entry.subject).model_info.\(name)", "\(price) dollars per million tokens")
        }
        let hasBoth = found.contains { $0.0 == "input" } && found.contains { $0.0 == "output" }
        return hasBoth ? found.map { "\($0): \($1)" }.joined(separator: ", ") : nil
    }

    static func perMillion(_ text: String) -> String? {
        guard text.utf8.count <= 40, text.utf8.allSatisfy({ "0123456789.eE-+".utf8.contains($0) }),
            Double(text) != nil, let price = Decimal(string: text, locale: Locale(identifier: "en_US_POSIX"))
        else { return nil }
        let perMillion = "\(price * 1_000_000)"
        return TokenPrice(dollarsPerMillion: perMillion).map { _ in perMillion }
    }

    mutating func capabilities(_ entry: inout LiteLLMEntry) -> String? {
        let most = entry.fact("max_output_tokens") ?? entry.fact("max_tokens")
        let members = [
            entry.fact("max_input_tokens"), most, entry.fact("supports_vision"),
            entry.fact("supports_function_calling"),
        ]
        let numbers = members.prefix(2).map { $0?.text.flatMap { ScalarForm.tokens.read($0) } }
        let flags = members.dropFirst(2).map { $0?.text.flatMap { ScalarForm.flag.read($0.lowercased()) } ?? false }
        guard let window = numbers[0], let output = numbers[1] else {
            for member in members.compactMap(\.self) {
                note(
                    .leftOut, member.line, "\(entry.subject).model_info.\(member.name)",
                    "what a model can is taken where 'max_input_tokens' and 'max_output_tokens' are both there")
            }
            return nil
        }
        for member in members.compactMap(\.self) {
            note(.taken, member.line, "\(entry.subject).model_info.\(member.name)", "the route's capabilities")
        }
        return """
            supports_vision: \(flags[0]), supports_function_calling: \(flags[1]), modalities: \
            [text\(flags[0] ? ", image" : "")], context_window: \(window), max_output_tokens: \(output)
            """
    }

    /// Limits of an entry decide how LiteLLM shares requests among entries of one name.
    mutating func share(_ entry: inout LiteLLMEntry) -> Int? {
        var share: Int?
        for name in ["weight", "rpm", "tpm"] {
            guard let member = entry.parameter(name) else { continue }
            let value = member.text.flatMap { Int($0) }.flatMap { 1...1_000_000_000 ~= $0 ? $0 : nil }
            if share == nil { share = value }
            note(
                name == "weight" ? .taken : .differs, member.line, "\(entry.subject).litellm_params.\(name)",
                name == "weight"
                    ? "the weight among endpoints of one route"
                    : "it weighs endpoints of one route. Limits are those of keys: 'northern keys limit'")
        }
        return share
    }
}
