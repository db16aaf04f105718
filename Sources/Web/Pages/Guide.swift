import Domain

/// A page of the documentation, out of the repository's folder `docs`.
struct Guide: Sendable {
    /// The last part of its path.
    let slug: String
    let english: GuideText
    /// Nil: not translated yet.
    let french: GuideText?

    private init(_ slug: String, _ english: [UInt8], french: [UInt8]? = nil) {
        self.slug = slug
        self.english = GuideText(.english, slug, english)
        self.french = french.map { GuideText(.french, slug, $0) }
    }

    /// In the order in which they are listed, read when the first page is asked for. A new file in `docs` needs a line
    /// here.
    static let all = [
        Guide("quickstart", PackageResources.quickstart_md, french: PackageResources.quickstart_fr_md),
        Guide("surfaces", PackageResources.surfaces_md, french: PackageResources.surfaces_fr_md),
        Guide("compatibility", PackageResources.compatibility_md),
        Guide("sdks", PackageResources.sdks_md, french: PackageResources.sdks_fr_md),
        Guide("harnesses", PackageResources.harnesses_md, french: PackageResources.harnesses_fr_md),
        Guide("keys", PackageResources.keys_md, french: PackageResources.keys_fr_md),
        Guide("people", PackageResources.people_md, french: PackageResources.people_fr_md),
        Guide("portal", PackageResources.portal_md, french: PackageResources.portal_fr_md),
        Guide("changes", PackageResources.changes_md, french: PackageResources.changes_fr_md),
        Guide("usage", PackageResources.usage_md, french: PackageResources.usage_fr_md),
        Guide("money", PackageResources.money_md, french: PackageResources.money_fr_md),
        Guide("residency", PackageResources.residency_md, french: PackageResources.residency_fr_md),
        Guide("pii", PackageResources.pii_md, french: PackageResources.pii_fr_md),
        Guide("auditors", PackageResources.auditors_md, french: PackageResources.auditors_fr_md),
        Guide("failures", PackageResources.failures_md, french: PackageResources.failures_fr_md),
        Guide("commands", PackageResources.commands_md, french: PackageResources.commands_fr_md),
        Guide(
            "vision-and-capabilities", PackageResources.vision_and_capabilities_md,
            french: PackageResources.vision_and_capabilities_fr_md),
        Guide("self-hosted", PackageResources.self_hosted_md, french: PackageResources.self_hosted_fr_md),
        Guide("operating", PackageResources.operating_md),
        Guide("benchmarks", PackageResources.benchmarks_md),
        Guide("telemetry", PackageResources.telemetry_md),
        Guide("configuration", PackageResources.configuration_md),
        Guide("credentials", PackageResources.credentials_md, french: PackageResources.credentials_fr_md),
        Guide("errors", PackageResources.errors_md, french: PackageResources.errors_fr_md),
        Guide("provider-parameters", PackageResources.provider_parameters_md),
        Guide("fields", PackageResources.fields_md),
    ]

    /// What a custody record may hold, as a JSON Schema: the one file of the documentation that is no page.
    static let recordSchema = "custody-record.schema.json"

    static func named(_ slug: String) -> Guide? { all.first { $0.slug == slug } }

    /// The text that is in this file of the folder `docs`.
    static func text(inFile file: String) -> GuideText? {
        all.lazy.flatMap { [$0.english, $0.french].compactMap(\.self) }.first { $0.file == file }
    }

    /// In this language, or in English where it isn't translated.
    func text(in language: Language) -> GuideText { language == .french ? french ?? english : english }

    /// Where a link of a guide leads on the web: links between guides are between files, so that they work in the
    /// repository too. Nil for schemes that a page has no use for.
    static func address(of target: String) -> String? {
        if target.hasPrefix("https://") || target.hasPrefix("http://") || target.hasPrefix("#") { return target }
        if target.hasPrefix("/") && !target.hasPrefix("//") { return target }
        // From a translation to a file that isn't translated.
        let parts = target.trimmingPrefix("../").split(separator: "#", maxSplits: 1)
        if parts.count == 1, parts[0] == recordSchema { return "/docs/\(recordSchema)" }
        guard let file = parts.first, let slug = slug(ofFile: file), named(slug) != nil else { return nil }
        return "/docs/\(slug)" + (parts.count == 2 ? "#\(parts[1])" : "")
    }

    /// Both languages of a guide have the same address.
    private static func slug(ofFile name: Substring) -> String? {
        for ending in [".fr.md", ".md"] where name.hasSuffix(ending) { return String(name.dropLast(ending.count)) }
        return nil
    }
}

/// A guide in one language.
struct GuideText: Sendable {
    let language: Language
    /// Where it is in the folder `docs`. Translations repeat their language in the name, since no two files that are
    /// embedded may have the same.
    let file: String
    /// In Markdown.
    let source: String
    let blocks: [MarkdownBlock]

    fileprivate init(_ language: Language, _ slug: String, _ bytes: [UInt8]) {
        self.language = language
        file = language == .french ? "fr/\(slug).fr.md" : "\(slug).md"
        source = String(decoding: bytes, as: UTF8.self)
        blocks = MarkdownReader.blocks(of: source)
    }
}

extension [MarkdownBlock] {
    /// The first heading.
    var title: String {
        for case .heading(1, let spans) in self { return spans.plainText }
        return ""
    }

    /// The first paragraph.
    var summary: String {
        for case .paragraph(let spans) in self { return spans.plainText }
        return ""
    }
}
