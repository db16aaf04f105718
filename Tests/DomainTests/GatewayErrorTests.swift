import Domain
import Testing

@Suite struct GatewayErrorTests {
    @Test func `every code is its own and a word for programs`() {
        let codes = GatewayError.Code.allCases.map(\.rawValue)
        #expect(Set(codes).count == codes.count)
        for code in codes {
            #expect(code.utf8.allSatisfy { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || $0 == UInt8(ascii: "_") })
        }
    }

    @Test func `every code's status is an error's`() {
        for code in GatewayError.Code.allCases { #expect(400..<600 ~= code.status, "\(code)") }
    }

    @Test(arguments: errors)
    func `an error is a sentence in both languages and carries its code's status`(_ error: GatewayError) {
        for text in [error.message.english, error.message.french] {
            #expect(text.hasSuffix(".") || text.hasSuffix("?"), "\(text)")
            #expect(!text.contains("  ") && !text.contains("nil") && !text.contains("Optional"), "\(text)")
        }
        #expect(error.message.english != error.message.french && error.status == error.code.status)
    }

    @Test func `an error about a member names it for programs and people`() {
        for error in [
            GatewayError.invalidType("stream", expected: "true or false", french: "true ou false"),
            .missingParameter("stream"),
            .repeatedParameter("stream"), .escapedParameter("stream"),
        ] {
            #expect(error.parameter == "stream")
            #expect(error.message.english.contains("'stream'") && error.message.french.contains("'stream'"))
        }
    }

    @Test func `a model's name is shown in part only when it is long`() {
        let error = GatewayError.modelNotFound(String(repeating: "x", count: 5_000), alternatives: [])
        #expect(error.message.english.utf8.count < 500 && error.message.french.utf8.count < 500)
    }

    @Test func `an upstream's status and advice are passed on`() {
        let error = GatewayError.upstream(
            .rateLimitExceeded, status: 529, provider: "P", message: "Slow down.", retryAfter: "7")
        #expect(error.status == 529 && error.retryAfter == "7" && error.message.english == "P: Slow down.")
    }

    private static let errors: [GatewayError] = [
        .missingAPIKey, .malformedAPIKey, .unknownAPIKey, .revokedAPIKey, .expiredAPIKey,
        .invalidJSON("a byte that cannot stand here, at byte 3", french: "un octet déplacé, à l'octet 3"),
        .invalidType("n", expected: "a number", french: "un nombre"),
        .invalidValue("n", "'n' must be 1."), .missingParameter("n"), .repeatedParameter("n"), .escapedParameter("n"),
        .unsupportedParameter("n", "There is no 'n'."), .malformedHTTP("The host field is missing.", status: 400),
        .repeatedCredentials, .requestTooLarge(limit: 5),
        .notFound,
        .methodNotAllowed("POST"), .notImplementedYet("This"), .modelNotFound("m", alternatives: []),
        .modelNotFound("m", alternatives: ["a", "b"]), .recordNotFound, .recordOpen, .recordUnlogged, .logFileNotFound,
        .custodyUnavailable, .controlPlaneUnavailable, .slowRequest, .gatewayStops, .tooManyConnections,
        .onwardNotAllowed(
            "tools[0]", reason: LocalizedText(english: "the route refuses it", french: "la route le refuse"),
            alternative: "b"),
        .internalError,
    ]
}

@Suite struct LanguageTests {
    @Test(
        arguments: [
            (nil, .english), ("", .english), ("fr", .french), ("FR-ca", .french), ("en,fr", .english),
            ("fr,en", .french),
            ("en;q=0.5, fr;q=0.8", .french), ("en;q=0.8,fr;q=0.5", .english), ("de, fr;q=0.1", .french),
            ("de", .english),
            ("*", .english), ("fr;q=0", .english), ("fr;q=0,en;q=0.1", .english), ("en;q=0.9,fr", .french),
            ("fr; q=0.2, en ; q=0.3", .english), ("fr;\tq=0.2,\ten;q=0.3", .english),
            ("fr-CA,fr;q=0.9,en;q=0.8", .french),
            ("fra", .english), ("f", .english), (";;;,,,", .english), ("fr;q=nan", .english),
            ("en;q=0.7;x=1,fr;q=0.6", .english),
            ("fr;Q=0.1,en;Q=0.2", .english),
        ] as [(String?, Language)])
    func `the language is the better of the two we have`(_ field: String?, _ language: Language) {
        #expect(Language(acceptLanguage: field) == language)
    }

    @Test func `a field of any length is read in little time`() {
        let field = String(repeating: "de;q=0.5,", count: 10_000) + "fr"
        #expect(Language(acceptLanguage: field) == .english, "only its beginning counts")
    }

    @Test func `a text is given in the language asked for`() {
        let text = LocalizedText(english: "yes", french: "oui")
        #expect(text[.english] == "yes" && text[.french] == "oui")
    }
}
