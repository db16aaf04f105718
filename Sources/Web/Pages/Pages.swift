import Mustache

/// The pages' templates.
///
/// Mustache escapes by character, which a quote with a combining mark after it gets past. So what isn't ours never
/// stands inside an attribute: between tags that does no harm.
struct Pages: Sendable {
    private let library: MustacheLibrary

    private static let sources: [(name: String, bytes: [UInt8])] = [
        ("layout", PackageResources.layout_mustache),
        ("landing", PackageResources.landing_mustache),
        ("models", PackageResources.models_mustache),
        ("guides", PackageResources.guides_mustache),
        ("guide", PackageResources.guide_mustache),
        ("failure", PackageResources.failure_mustache),
        ("portal", PackageResources.portal_mustache),
        ("form", PackageResources.form_mustache),
    ]

    /// - Throws: when a template can't be read, which a test sees.
    init() throws {
        var templates: [String: MustacheTemplate] = [:]
        for (name, bytes) in Self.sources {
            templates[name] = try MustacheTemplate(string: String(decoding: bytes, as: UTF8.self))
        }
        library = MustacheLibrary(templates: templates)
    }

    func landing(_ page: LandingPage) -> String { render(page, "landing") }
    func models(_ page: ModelsPage) -> String { render(page, "models") }
    func guides(_ page: GuidesPage) -> String { render(page, "guides") }
    func guide(_ page: GuidePage) -> String { render(page, "guide") }
    func portal(_ frame: PortalFrame) -> String { render(frame, "portal") }
    func failure(_ page: FailurePage) -> String { render(page, "failure") }

    private func render(_ page: Any, _ template: String) -> String {
        library.render(page, withTemplate: template) ?? ""
    }
}

/// What the template `failure` shows.
struct FailurePage {
    let title: String
    let message: String
}
