import Domain

/// A call of a route, ready to paste.
struct Snippet {
    /// Part of the id of its heading.
    let anchor: String
    let title: String
    let code: String

    /// - Parameter baseURL: without `/v1`.
    static func all(calling route: Route.ID, at baseURL: String) -> [Snippet] {
        let (model, url) = (quoted(route), baseURL)
        return [
            Snippet(anchor: "curl", title: "curl", code: curl(model, url)),
            Snippet(anchor: "python-openai", title: "Python, openai", code: openAI(model, url)),
            Snippet(anchor: "python-anthropic", title: "Python, anthropic", code: anthropic(model, url)),
            Snippet(anchor: "typescript", title: "TypeScript, openai", code: typeScript(model, url)),
            Snippet(anchor: "swift", title: "Swift", code: swift(model, url)),
        ]
    }

    /// As a string of JSON, which is one of all these languages, too.
    private static func quoted(_ id: Route.ID) -> String {
        let kept = id.unicodeScalars.filter { $0.value >= 0x20 && $0 != "\\" && $0 != "\"" && $0 != "'" }
        return "\"\(String(String.UnicodeScalarView(kept)))\""
    }

    private static func curl(_ model: String, _ url: String) -> String {
        """
        curl -i \(url)/v1/chat/completions \\
          -H "Authorization: Bearer $NI_API_KEY" \\
          -H "Content-Type: application/json" \\
          -d '{
            "model": \(model),
            "messages": [{"role": "user", "content": "hi"}],
            "max_tokens": 20
          }'
        """
    }

    private static func openAI(_ model: String, _ url: String) -> String {
        """
        import os
        from openai import OpenAI

        client = OpenAI(base_url="\(url)/v1", api_key=os.environ["NI_API_KEY"])
        reply = client.chat.completions.create(
            model=\(model),
            messages=[{"role": "user", "content": "hi"}],
        )
        print(reply.choices[0].message.content)
        """
    }

    private static func anthropic(_ model: String, _ url: String) -> String {
        """
        import os
        from anthropic import Anthropic

        client = Anthropic(base_url="\(url)", api_key=os.environ["NI_API_KEY"])
        reply = client.messages.create(
            model=\(model),
            max_tokens=200,
            messages=[{"role": "user", "content": "hi"}],
        )
        print(reply.content[0].text)
        """
    }

    private static func typeScript(_ model: String, _ url: String) -> String {
        """
        import OpenAI from "openai";

        const client = new OpenAI({ baseURL: "\(url)/v1", apiKey: process.env.NI_API_KEY });
        const reply = await client.chat.completions.create({
          model: \(model),
          messages: [{ role: "user", content: "hi" }],
        });
        console.log(reply.choices[0].message.content);
        """
    }

    private static func swift(_ model: String, _ url: String) -> String {
        """
        import Foundation

        var request = URLRequest(url: URL(string: "\(url)/v1/chat/completions")!)
        request.httpMethod = "POST"
        let key = ProcessInfo.processInfo.environment["NI_API_KEY"] ?? ""
        request.setValue("Bearer \\(key)", forHTTPHeaderField: "Authorization")
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.httpBody = Data(\"""
            {"model": \(model), "messages": [{"role": "user", "content": "hi"}]}
            \""".utf8)
        let (data, _) = try await URLSession.shared.data(for: request)
        print(String(decoding: data, as: UTF8.self))
        """
    }
}
