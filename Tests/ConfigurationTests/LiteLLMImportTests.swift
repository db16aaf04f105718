import Domain
import Testing

@testable import northern

@Suite struct LiteLLMImportTests {
    private func imported(_ text: String, _ environment: [String: String] = [:]) throws -> LiteLLMImport {
        LiteLLMImport(try SourceFile(text, name: "config.yaml"), environment: environment)
    }

    private static let whole = """
        model_list:
          - model_name: gpt-4o
            litellm_params:
              model: azure/gpt-4o
              api_base: https://one.openai.azure.com/
              api_key: os.environ/AZURE_KEY
              api_version: "2024-10-21"
              rpm: 60
              temperature: 0.2
            model_info:
              mode: chat
              input_cost_per_token: 2.5e-6
              output_cost_per_token: 0.00001
              max_input_tokens: 128000
              max_output_tokens: 16384
              supports_vision: true
              base_model: azure/gpt-4o
          - model_name: haiku
            litellm_params:
              model: bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0
              aws_region_name: ca-central-1
              aws_access_key_id: os.environ/AWS_KEY
              aws_secret_access_key: sk-canary-of-the-file
          - model_name: gemini
            litellm_params:
              model: vertex_ai/gemini-2.5-pro
              vertex_project: hospital
              vertex_location: northamerica-northeast1
        router_settings:
          routing_strategy: simple-shuffle
          num_retries: 3
          fallbacks: [{gpt-4o: [haiku]}, {gemini: [gpt-4o]}]
        litellm_settings:
          request_timeout: 30.5
          drop_params: true
          success_callback: [langfuse]
        general_settings:
          master_key: sk-canary-of-the-file
          database_url: postgres://canary-of-the-file
        environment_variables:
          LANGFUSE_SECRET_KEY: canary-of-the-file
        a_section_of_next_year: {x: 1}
        """

    @Test func `each line that says something has a note`() throws {
        let noted = Set(try imported(Self.whole).notes.map(\.line))
        let containers = [
            "model_list:", "litellm_params:", "model_info:", "router_settings:", "litellm_settings:",
            "general_settings:",
            "environment_variables:",
        ]
        let lines = Self.whole.split(separator: "\n", omittingEmptySubsequences: false)
        for (place, line) in lines.enumerated() where !containers.contains(where: { line.hasSuffix($0) }) {
            #expect(noted.contains(place + 1), "\(line)")
        }
    }

    @Test func `no secret of the file is said or written`() throws {
        let imported = try imported(Self.whole)
        let said = imported.notes.map(\.description).joined()
        let written =
            imported.settings.yaml(catalog: "routes.yaml") + imported.settings.shell(from: "config.yaml")
            + ImportedRoute.catalog(imported.routes, version: "1")
        #expect(!said.contains("canary") && !written.contains("canary"))
        #expect(!"\(imported.settings)".contains("canary"))
        #expect(written.contains("NORTHERN_AZURE_API_KEY=\"${AZURE_KEY:?is not set}\""))
        #expect(written.contains("NORTHERN_ADMIN_TOKEN=\"${NORTHERN_ADMIN_TOKEN:?is not set}\""))
    }

    @Test func `settings are those that LiteLLM's mean`() throws {
        let values = Dictionary(
            uniqueKeysWithValues: try imported(Self.whole).settings.values.map { ($0.key, $0.value) })
        #expect(
            values == [
                "azure.api_version": "2024-10-21", "vertex.project": "hospital", "upstream.retries": "3",
                "upstream.first_byte_timeout_seconds": "31",
            ])
    }

    @Test func `nothing is claimed that neither the file nor the built-in catalogue says`() throws {
        let routes = try imported(Self.whole).routes
        let azure = try #require(routes.first { $0.id == "gpt-4o" })
        #expect(azure.jurisdiction == .anywhere && azure.processing == .anywhere && azure.exposure == .anywhere)
        #expect(azure.tier == .providerAPI && azure.prices == "input: 2.5, output: 10")
        let gemini = try #require(routes.first { $0.id == "gemini" })
        #expect(gemini.processing.description == "CA" && gemini.exposure.description == "CA,US")
        #expect(gemini.tier == .managedCanadianCloud && gemini.prices?.hasPrefix("input: 1.25") == true)
        let haiku = try #require(routes.first { $0.id == "haiku" })
        #expect(
            haiku.jurisdiction.code == "CA" && haiku.processing == .anywhere || haiku.processing.description == "US")
    }

    @Test func `a fallback that may go further than its route is left out, and it is said why`() throws {
        let imported = try imported(Self.whole)
        #expect(imported.routes.first { $0.id == "gpt-4o" }?.fallbacks == ["haiku"])
        #expect(imported.routes.first { $0.id == "gemini" }?.fallbacks == [])
        #expect(imported.notes.contains { $0.outcome == .leftOut && $0.subject.contains("'gemini': 'gpt-4o'") })
    }

    @Test func `an entry of another account is left out, and leaves no setting behind`() throws {
        let imported = try imported(
            """
            model_list:
              - {model_name: one, litellm_params: {model: openai/a, api_base: "http://10.0.0.1/v1", api_key: os.environ/A}}
              - {model_name: two, litellm_params: {model: openai/b, api_base: "http://10.0.0.2/v1", api_key: os.environ/B}}
              - {model_name: three, litellm_params: {model: openai/c, api_base: "http://10.0.0.3/v1"}}
            """)
        #expect(imported.routes.map(\.id) == ["one"])
        #expect(imported.settings.secrets.map(\.secret) == [.variable("A")])
        let left = imported.notes.filter { $0.outcome == .leftOut }
        #expect(left.map(\.line) == [3, 4] && left.allSatisfy { $0.remark.contains("the entry on line 2") })
    }

    @Test func `a host without a key never gets that of another entry`() throws {
        let imported = try imported(
            """
            model_list:
              - {model_name: one, litellm_params: {model: ollama/a, api_base: "http://10.0.0.1"}}
              - {model_name: two, litellm_params: {model: openai/b, api_base: "http://10.0.0.2/v1", api_key: os.environ/B}}
            """)
        #expect(imported.routes.map(\.id) == ["one"] && imported.settings.secrets.isEmpty)
        #expect(imported.routes.first?.baseURL == "http://10.0.0.1/v1")
    }

    @Test func `hosts of one model are endpoints of one route, weighed by their limits`() throws {
        let imported = try imported(
            """
            shared: &shared {model: openai/llama, api_key: os.environ/KEY}
            model_list:
              - {model_name: llama, litellm_params: {<<: *shared, api_base: "http://10.0.0.1/v1", rpm: 100}}
              - {model_name: llama, litellm_params: {<<: *shared, api_base: "http://10.0.0.2/v1", rpm: 400}}
              - {model_name: llama, litellm_params: {<<: *shared, model: openai/llama-8b, api_base: "http://10.0.0.2/v1"}}
            """)
        let route = try #require(imported.routes.first)
        #expect(route.weight == 250 && route.others.map(\.weight) == [1000])
        #expect(route.fallbacks == ["llama/2"] && imported.routes.last?.upstreamModel == "llama-8b")
    }

    @Test func `a name that promises Canada isn't taken where nothing says so`() throws {
        let imported = try imported(
            """
            model_list:
              - {model_name: gpt-4o-ca, litellm_params: {model: azure/gpt-4o, api_base: "https://a.openai.azure.com"}}
              - {model_name: gpt-4o, litellm_params: {model: azure/gpt-4o, api_base: "https://a.openai.azure.com"}}
            """)
        #expect(imported.routes.map(\.id) == ["gpt-4o"])
        #expect(
            imported.notes.contains { $0.line == 2 && $0.remark.contains("promises") || $0.remark.contains("'-ca'") })
    }

    @Test func `what the file leaves to the environment and is no secret is taken from there`() throws {
        let text =
            "model_list: [{model_name: a, litellm_params: {model: azure/x, api_base: os.environ/BASE, api_key: os.environ/K}}]"
        #expect(try imported(text).routes.isEmpty)
        #expect(try imported(text, ["BASE": "https://x.example"]).routes.first?.baseURL == "https://x.example")
    }

    @Test(
        arguments: [
            ("2.5e-6", "2.5"), ("0.00000015", "0.15"), ("0", "0"), ("1e-12", "0.000001"), ("1e-13", nil),
            ("-1e-6", nil),
            ("1e400", nil), ("nan", nil), ("1x", nil), ("0x10", nil),
        ] as [(String, String?)])
    func `prices are exact, or aren't taken`(text: String, price: String?) {
        #expect(LiteLLMImport.perMillion(text) == price)
    }

    @Test(
        arguments: [
            ("openai/gpt-4o", nil, "openai", "gpt-4o"), ("gpt-4o", nil, "openai", "gpt-4o"),
            ("openai/facebook/opt-125m", "http://h:1/v1", "compatible", "facebook/opt-125m"),
            ("claude-sonnet-5", nil, "anthropic", "claude-sonnet-5"),
            ("bedrock/converse/us-west-2/amazon.nova-pro-v1:0", nil, "bedrock", "amazon.nova-pro-v1:0"),
            ("bedrock/invoke/anthropic.claude-x", nil, "bedrock", "anthropic.claude-x"),
            ("vertex_ai/claude-haiku-4-5@20251001", nil, "vertex_anthropic", "claude-haiku-4-5@20251001"),
            ("ollama_chat/llama3.2", "http://h:11434", "compatible", "llama3.2"),
            ("cohere_chat/command-a", nil, "cohere", "command-a"),
        ] as [(String, String?, String, String)])
    func `a model's name says whose it is`(name: String, base: String?, provider: String, model: String) throws {
        let read = try LiteLLMModel(name, at: base)
        #expect(read.provider.rawValue == provider && read.upstreamModel == model)
    }

    @Test(arguments: ["groq/llama", "vertex_ai/meta/llama", "something", "/", ""])
    func `a model that nobody here can ask isn't taken`(name: String) {
        #expect(throws: LeftOut.self) { try LiteLLMModel(name, at: nil) }
    }
}

@Suite struct SourceFileTests {
    @Test(arguments: [
        "", "[1, 2]", "a: b: c", "\u{0}", "\t- x", "a: *nothing", "{a: 1, a: 2}", "? [x]\n: y",
        String(repeating: "[", count: 900), String(repeating: "{a: ", count: 900),
        "a: " + String(repeating: "[", count: 90) + String(repeating: "]", count: 90),
        String(repeating: "x", count: SourceFile.mostBytes + 1),
        "a: [" + String(repeating: "1,", count: SourceFile.mostNodes + 1) + "]",
    ])
    func `what isn't a file of settings, or too large, ends with a sentence`(text: String) {
        #expect(throws: ConfigurationError.self) { try SourceFile(text, name: "config.yaml") }
    }

    @Test func `aliases share values, and don't multiply them`() throws {
        let tens = (0..<9).map {
            "l\($0 + 1): &l\($0 + 1) [\(Array(repeating: "*l\($0)", count: 10).joined(separator: ","))]"
        }
        let bomb = "l0: &l0 x\n" + tens.joined(separator: "\n")
        let small = "a: &a {x: 1, y: 2}\nb: &b [\(Array(repeating: "*a", count: 90).joined(separator: ","))]\n"
        let unfolded = small + "c: [\(Array(repeating: "*b", count: 100).joined(separator: ","))]\n"
        for text in [bomb, unfolded] {
            #expect(throws: ConfigurationError.self) { try SourceFile(text, name: "config.yaml") }
        }
        #expect(try SourceFile(small, name: "config.yaml").members.map(\.name) == ["a", "b"])
    }

    @Test func `a mistake's place is told, and nothing of the file`() throws {
        let error = #expect(throws: ConfigurationError.self) {
            try SourceFile("key: sk-canary\nother: [sk-canary", name: "config.yaml")
        }
        #expect(error?.description.contains("canary") == false && error?.description.contains("line ") == true)
    }
}
