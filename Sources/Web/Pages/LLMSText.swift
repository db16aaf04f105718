import Domain

/// `llms.txt`: where programs that read on somebody's behalf find the documentation, in the form of llmstxt.org.
enum LLMSText {
    /// - Parameter baseURL: where callers reach the gateway, without `/v1`.
    static func text(baseURL: String) -> String {
        """
        # northern

        > A gateway for language models that sends a request where its route says, or nowhere.

        OpenAI's SDKs take the base URL \(baseURL)/v1 and Anthropic's \(baseURL), each with a key of this gateway. `model` is
        the exact id of a route: one model, at one provider, in one region. Each reply says in its `x-ni-*` header fields
        where its request went.

        ## Guides

        \(list(.english, baseURL))

        ## Data

        - [Routes](\(baseURL)/api/billing/models): all routes with their residency, prices and capabilities; needs no key
        - [Custody record](\(baseURL)/docs/\(Guide.recordSchema)): what a record of a request may hold, as a JSON Schema

        ## Guides en français

        \(list(.french, baseURL))

        """
    }

    /// The guides that there are in this language, a line for each.
    private static func list(_ language: Language, _ baseURL: String) -> String {
        Guide.all.compactMap { language == .french ? $0.french : $0.english }.map { text in
            let summary = text.blocks.summary.split(whereSeparator: \.isNewline).joined(separator: " ")
            return "- [\(text.blocks.title)](\(baseURL)/docs/\(text.file)): \(summary)"
        }.joined(separator: "\n")
    }
}
