/// A page of the documentation, out of the repository's folder `docs`.
struct Guide: Sendable {
    /// The last part of its path.
    let slug: String
    let blocks: [MarkdownBlock]

    private init(_ slug: String, _ bytes: [UInt8]) {
        self.slug = slug
        blocks = MarkdownReader.blocks(of: String(decoding: bytes, as: UTF8.self))
    }

    /// In the order in which they are listed, read when the first page is asked for. A new file in `docs` needs a line
    /// here.
    static let all = [
        Guide("quickstart", PackageResources.quickstart_md),
        Guide("surfaces", PackageResources.surfaces_md),
        Guide("compatibility", PackageResources.compatibility_md),
        Guide("keys", PackageResources.keys_md),
        Guide("people", PackageResources.people_md),
        Guide("portal", PackageResources.portal_md),
        Guide("changes", PackageResources.changes_md),
        Guide("usage", PackageResources.usage_md),
        Guide("money", PackageResources.money_md),
        Guide("residency", PackageResources.residency_md),
        Guide("pii", PackageResources.pii_md),
        Guide("auditors", PackageResources.auditors_md),
        Guide("failures", PackageResources.failures_md),
        Guide("commands", PackageResources.commands_md),
        Guide("vision-and-capabilities", PackageResources.vision_and_capabilities_md),
        Guide("self-hosted", PackageResources.self_hosted_md),
        Guide("configuration", PackageResources.configuration_md),
        Guide("credentials", PackageResources.credentials_md),
        Guide("errors", PackageResources.errors_md),
        Guide("provider-parameters", PackageResources.provider_parameters_md),
        Guide("fields", PackageResources.fields_md),
    ]

    /// What a custody record may hold, as a JSON Schema: the one file of the documentation that is no page.
    static let recordSchema = "custody-record.schema.json"

    static func named(_ slug: String) -> Guide? { all.first { $0.slug == slug } }

    /// Where a link of a guide leads on the web: links between guides are between files, so that they work in the
    /// repository too. Nil for schemes that a page has no use for.
    static func address(of target: String) -> String? {
        if target.hasPrefix("https://") || target.hasPrefix("http://") || target.hasPrefix("#") { return target }
        if target.hasPrefix("/") && !target.hasPrefix("//") { return target }
        let parts = target.split(separator: "#", maxSplits: 1)
        if target == recordSchema { return "/docs/\(recordSchema)" }
        guard let file = parts.first, file.hasSuffix(".md"), let guide = named(String(file.dropLast(3))) else {
            return nil
        }
        return "/docs/\(guide.slug)" + (parts.count == 2 ? "#\(parts[1])" : "")
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
