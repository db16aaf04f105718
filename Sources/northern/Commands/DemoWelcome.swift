import Foundation
import Wire

/// What the demo tells whoever started it: people on the terminal, scripts in a file.
struct DemoWelcome: Sendable {
    let baseURL: String
    let key: String
    let adminToken: String
    let claim: ClaimLink?
    let dataDirectory: String
    let simulators: DemoSimulators
    let readyFile: String?

    func show(adminPort: Int) {
        let adminURL = "http://127.0.0.1:\(adminPort)"
        if let readyFile {
            let ready: JSON = [
                "base_url": .string(baseURL), "key": .string(key), "admin_url": .string(adminURL),
                "admin_token": .string(adminToken), "claim_url": claim.map { .string($0.url) } ?? .null,
                "pid": JSON(Int(ProcessInfo.processInfo.processIdentifier)),
                "data_directory": .string(dataDirectory), "simulators": simulators.json,
            ]
            do { try writeWhole(ready.text() + "\n", to: readyFile) } catch {
                FileHandle.standardError.write(Data("northern: '\(readyFile)' could not be written.\n".utf8))
            }
        }
        print(text(adminURL))
        // Output to a pipe is held back otherwise.
        fflush(nil)
    }

    private func text(_ adminURL: String) -> String {
        """

        northern is ready, in front of simulated providers. Nothing leaves this machine.

          Base URL   \(baseURL)/v1
          API key    \(key)
          Admin      \(adminURL)  (token \(adminToken))
          Portal     \(claim?.url ?? baseURL + "/portal")

        Try it:

        export NI_API_KEY=\(key)

        # 1. A chat, with the headers that say where it went
        curl -si \(baseURL)/v1/chat/completions \\
          -H "Authorization: Bearer $NI_API_KEY" -H "Content-Type: application/json" \\
          -d '{"model":"vertex_ai/gemini-2.5-pro-ca","messages":[{"role":"user","content":"Which jurisdiction am I in?"}]}'

        # 2. A stream
        curl -sSN \(baseURL)/v1/chat/completions \\
          -H "Authorization: Bearer $NI_API_KEY" -H "Content-Type: application/json" \\
          -d '{"model":"bedrock/global.anthropic.claude-haiku-4-5-20251001-v1:0-global","stream":true,"messages":[{"role":"user","content":"count to five"}]}'

        # 3. The routes, with where each is processed
        curl -sS \(baseURL)/api/billing/models

        Ctrl-C ends it.

        """
    }
}
