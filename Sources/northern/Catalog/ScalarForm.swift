import Domain

/// How the text of a YAML scalar becomes a value.
///
/// Always the text: YAML would read `NO` as false instead of Norway, and a price as the nearest binary fraction.
struct ScalarForm<Value>: Sendable {
    /// What to write, as the end of a sentence, such as `a date such as 2026-11-23`.
    let expectation: String
    /// Whether an error may show what was written. False where people paste secrets by mistake.
    let isPrintable: Bool
    let read: @Sendable (String) -> Value?

    init(_ expectation: String, isPrintable: Bool = true, read: @escaping @Sendable (String) -> Value?) {
        self.expectation = expectation
        self.isPrintable = isPrintable
        self.read = read
    }
}

extension ScalarForm<String> {
    /// What is written into header lines and compared byte by byte: ids and names of models.
    static let identifier = ScalarForm("up to 200 visible ASCII characters without spaces") {
        isIdentifier($0) ? $0 : nil
    }

    static let credentialName = ScalarForm(
        "the name of a credential of the configuration, never the credential itself", isPrintable: false
    ) { isIdentifier($0) ? $0 : nil }

    /// Narrower than an identifier, because providers' host names are made with it.
    static let region = ScalarForm("the provider's name for the region, of letters, digits and hyphens") { text in
        let isName = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return isName && 1...63 ~= text.utf8.count ? text : nil
    }

    /// For people to read.
    static let displayName = ScalarForm("up to 100 characters, none of them a control character") { text in
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
            default: true
            }
        }
        return isPlain && 1...100 ~= text.unicodeScalars.count ? text : nil
    }

    static let modality = choice(["text", "image", "audio", "video", "pdf"])

    static func choice(_ values: [String]) -> ScalarForm {
        ScalarForm("one of \(values.joined(separator: ", "))") { values.contains($0) ? $0 : nil }
    }

    /// The length is bounded so that no id is as long as what an outline of a large body keeps of a string.
    private static func isIdentifier(_ text: String) -> Bool {
        1...200 ~= text.utf8.count && text.utf8.allSatisfy { 0x21...0x7E ~= $0 }
    }
}

extension ScalarForm where Value: CaseIterable & RawRepresentable<String> & Sendable {
    /// One of the words that the type has.
    static var word: ScalarForm { ScalarForm("one of \(Value.words)") { Value(rawValue: $0) } }
}

extension ScalarForm<IPPrefix> {
    static let addressPrefix = ScalarForm("addresses such as 192.0.2.0/24, with no bit set behind the prefix") {
        IPPrefix($0)
    }
}

extension ScalarForm<CredentialSource> {
    static let credentialSource = ScalarForm("platform or customer") { CredentialSource(rawValue: $0) }
}

extension ScalarForm<ProviderID> {
    static func provider(among known: [ProviderID]) -> ScalarForm {
        let names = known.map(\.rawValue).sorted().joined(separator: ", ")
        return ScalarForm("one of \(names)") { text in known.first { $0.rawValue == text } }
    }
}

extension ScalarForm<Bool> {
    static let flag = ScalarForm("true or false") { $0 == "true" ? true : $0 == "false" ? false : nil }
}

extension ScalarForm<Int> {
    static let tokens = number(1...1_000_000_000, "a number of tokens in plain digits")
    static let weight = number(1...1_000, "a number from 1 to 1000")
    static let days = number(0...36_500, "a number of days in plain digits")

    private static func number(_ range: ClosedRange<Int>, _ expectation: String) -> ScalarForm {
        ScalarForm(expectation) { text in
            guard text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return nil }
            return Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension ScalarForm<TokenPrice> {
    static let price = ScalarForm("dollars per million tokens with at most six decimals, such as 0.125") {
        TokenPrice(dollarsPerMillion: $0)
    }
}

extension ScalarForm<CalendarDate> {
    static let date = ScalarForm("a date such as 2026-11-23") { CalendarDate($0) }
}

extension ScalarForm<Jurisdiction> {
    static let jurisdiction = ScalarForm("a country's two capital letters, such as CA, or \"*\" for any") {
        Jurisdiction($0)
    }
}

extension ScalarForm<Endpoint> {
    /// Not printable: a URL with a password in it is refused here, and would else be in the log for good.
    static let baseURL = ScalarForm(
        "http[s]://host[:port][/path], without a user name, a query or a fragment", isPrintable: false
    ) { text in
        text.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) ? Endpoint(url: text) : nil
    }
}
