import Domain
import Mustache

/// The pages' templates, in each language: see ``TextChoice``.
///
/// Mustache escapes by character, which a quote with a combining mark after it gets past. So what isn't ours never
/// stands inside an attribute: between tags that does no harm.
struct Pages: Sendable {
    private let english: MustacheLibrary
    private let french: MustacheLibrary

    static let sources: [(name: String, bytes: [UInt8])] = [
        ("layout", PackageResources.layout_mustache),
        ("landing", PackageResources.landing_mustache),
        ("models", PackageResources.models_mustache),
        ("route", PackageResources.route_mustache),
        ("guides", PackageResources.guides_mustache),
        ("guide", PackageResources.guide_mustache),
        ("failure", PackageResources.failure_mustache),
        ("portal", PackageResources.portal_mustache),
        ("form", PackageResources.form_mustache),
        ("filter", PackageResources.filter_mustache),
    ]

    /// - Throws: when a template can't be read, or lacks a text in a language, which a test sees.
    init() throws {
        english = try Self.library(in: .english)
        french = try Self.library(in: .french)
    }

    private static func library(in language: Language) throws -> MustacheLibrary {
        var templates: [String: MustacheTemplate] = [:]
        for (name, bytes) in sources {
            let text = try TextChoice.in(language, of: String(decoding: bytes, as: UTF8.self))
            templates[name] = try MustacheTemplate(string: text)
        }
        return MustacheLibrary(templates: templates)
    }

    func landing(_ page: LandingPage, in language: Language) -> String { render(page, "landing", language) }
    func models(_ page: ModelsPage, in language: Language) -> String { render(page, "models", language) }
    func route(_ page: RoutePage, in language: Language) -> String { render(page, "route", language) }
    func guides(_ page: GuidesPage, in language: Language) -> String { render(page, "guides", language) }
    func guide(_ page: GuidePage, in language: Language) -> String { render(page, "guide", language) }
    func failure(_ page: FailurePage, in language: Language) -> String { render(page, "failure", language) }

    /// Its texts come with the frame.
    func portal(_ frame: PortalFrame) -> String { render(frame, "portal", .english) }

    private func render(_ page: Any, _ template: String, _ language: Language) -> String {
        (language == .french ? french : english).render(page, withTemplate: template) ?? ""
    }
}

/// What the template `failure` shows.
struct FailurePage {
    let title: String
    let message: String

    init(_ error: AdminError, in language: Language) {
        let isMissing = error.status == 404
        let titles =
            isMissing
            ? LocalizedText(english: "There is no such page", french: "Cette page n'existe pas")
            : LocalizedText(english: "This page could not be made", french: "Cette page n'a pas pu être produite")
        let missing = LocalizedText(
            english: "The address may be mistyped, or the page may have moved.",
            french: "L'adresse est peut-être mal saisie, ou la page a été déplacée.")
        title = titles[language]
        message = (isMissing ? missing : error.message)[language]
    }
}
