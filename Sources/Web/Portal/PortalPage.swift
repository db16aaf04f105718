import Domain
import HTTPTypes
import Hummingbird
import HummingbirdCore

/// A page of the portal: a title, and sections with tables and forms. The template `portal` shows it.
///
/// A page that needs more inherits from that template and replaces its block `body`.
struct PortalPage: Sendable {
    var title: String
    var lead: String?
    /// What has been done.
    var notice: String?
    /// What is shown this once, such as a link.
    var secret: String?
    /// What went wrong.
    var problem: String?
    /// A file of `assets` that the page runs beside `page.js`.
    var script: String?
    var sections: [Section] = []

    struct Section: Sendable {
        /// Not `title`: a template finds the page's where a section has none.
        let heading: String?
        let text: String?
        let heads: [String]
        let rows: [Row]
        let forms: [PortalForm]
        let links: [Link]
        /// What isn't a plain table or form.
        let html: String?
        /// What its table is called for who doesn't see it.
        let label: String
        var filter: PortalFilter?
        /// Stored, as templates don't see what is computed.
        let hasTable: Bool

        init(
            heading: String? = nil, text: String? = nil, heads: [String] = [], rows: [Row] = [],
            forms: [PortalForm] = [], links: [Link] = [], html: HTML? = nil
        ) {
            self.heading = heading
            self.text = text
            self.heads = heads
            self.rows = rows
            self.forms = forms
            self.links = links
            self.html = html?.text
            label = (heading ?? heads.first ?? "").escapedForHTML
            hasTable = !heads.isEmpty
        }
    }

    struct Link: Sendable {
        let path: String
        let label: String

        init(_ path: String, _ label: String) {
            self.path = path.escapedForHTML
            self.label = label
        }
    }

    struct Row: Sendable {
        var cells: [String]
        var forms: [PortalForm] = []
        var links: [Link] = []
    }
}

/// A form. What stands in attributes is escaped here, scalar by scalar: see ``Pages``.
struct PortalForm: Sendable {
    let action: String
    let csrf: String
    let submit: String
    let fields: [Field]
    let hidden: [Hidden]
    /// Whether it has a file.
    let isUpload: Bool

    struct Hidden: Sendable {
        let name: String
        let value: String
    }

    struct Field: Sendable {
        let name: String
        let label: String
        let type: String
        let autocomplete: String
        let value: String
        let hint: String?
        let options: [Option]
        let isRequired: Bool
        var isSelect = false
        var isCheck = false
        var isChecked = false
        /// Of several lines.
        var isLong = false
        /// Of one line.
        var isInput = false
        /// Of a file.
        var upload: Upload?
    }

    /// A file to be chosen. Whoever's browser runs scripts is told before it is sent that it is too large.
    struct Upload: Sendable {
        let mostBytes: Int
        let tooLarge: String
    }

    struct Option: Sendable {
        let value: String
        let label: String
        let isSelected: Bool
    }

    init(
        _ action: String, _ submit: String, in context: PortalContext, _ fields: [Field] = [],
        hidden: [String: String] = [:]
    ) {
        self.action = action.escapedForHTML
        self.submit = submit
        self.fields = fields
        csrf = context.csrf
        isUpload = fields.contains { $0.upload != nil }
        self.hidden = hidden.sorted { $0.key < $1.key }.map { Hidden(name: $0.key, value: $0.value.escapedForHTML) }
    }
}

extension PortalForm.Field {
    static func text(
        _ name: String, _ label: String, value: String = "", autocomplete: String = "off", type: String = "text",
        hint: String? = nil
    ) -> Self {
        Self(
            name: name, label: label, type: type, autocomplete: autocomplete, value: value.escapedForHTML, hint: hint,
            options: [], isRequired: true, isInput: true)
    }

    /// May be left empty.
    static func optional(_ name: String, _ label: String, value: String = "", hint: String? = nil) -> Self {
        Self(
            name: name, label: label, type: "text", autocomplete: "off", value: value.escapedForHTML, hint: hint,
            options: [], isRequired: false, isInput: true)
    }

    /// Text of several lines, which may be left empty.
    static func lines(_ name: String, _ label: String, value: String = "", hint: String? = nil) -> Self {
        Self(
            name: name, label: label, type: "", autocomplete: "off", value: value.escapedForHTML, hint: hint,
            options: [], isRequired: false, isLong: true)
    }

    /// A file of a table.
    ///
    /// - Parameter tooLarge: what is said of one with more than so many bytes, in words of our own.
    static func file(_ name: String, _ label: String, mostBytes: Int, tooLarge: String, hint: String) -> Self {
        Self(
            name: name, label: label, type: "file", autocomplete: "off", value: "", hint: hint, options: [],
            isRequired: true, upload: PortalForm.Upload(mostBytes: mostBytes, tooLarge: tooLarge.escapedForHTML))
    }

    /// Sends `yes`, or nothing.
    static func check(_ name: String, _ label: String, isChecked: Bool) -> Self {
        Self(
            name: name, label: label, type: "checkbox", autocomplete: "off", value: "yes", hint: nil, options: [],
            isRequired: false, isCheck: true, isChecked: isChecked)
    }

    static func choice(
        _ name: String, _ label: String, _ options: [(value: String, label: String)], selected: String?,
        isRequired: Bool = true
    ) -> Self {
        Self(
            name: name, label: label, type: "", autocomplete: "off", value: "", hint: nil,
            options: options.map {
                PortalForm.Option(value: $0.value.escapedForHTML, label: $0.label, isSelected: $0.value == selected)
            }, isRequired: isRequired, isSelect: true)
    }
}

/// What the template `portal` shows around a page.
struct PortalFrame: Sendable {
    let language: String
    let page: PortalPage
    let navigation: [Entry]
    /// Who is signed in, and where; nil: nobody is.
    let user: String?
    let organization: String?
    let signOut: PortalForm?
    let skip: String
    let main: String
    let otherLanguage: String
    let otherLanguageName: String
    let colors: String
    let copy: String
    let copied: String
    let csrf: String

    struct Entry: Sendable {
        let path: String
        let label: String
        let isCurrent: Bool
    }

    init(_ page: PortalPage, in context: PortalContext, _ all: [PortalNavigation]) {
        self.page = page
        let isFrench = context.language == .french
        language = isFrench ? "fr" : "en"
        otherLanguage = isFrench ? "en" : "fr"
        otherLanguageName = isFrench ? "English" : "Français"
        skip = context.say("Skip to the content", "Aller au contenu")
        main = context.say("Portal", "Portail")
        colors = context.say("Dark colors", "Couleurs sombres")
        copy = context.say("Copy", "Copier")
        copied = context.say("Copied", "Copié")
        user = context.session?.user.name
        organization = context.session?.membership?.organization.name
        csrf = context.csrf
        let actor = context.actor
        signOut =
            context.session == nil
            ? nil : PortalForm("/portal/sign-out", context.say("Sign out", "Se déconnecter"), in: context)
        navigation = all.filter { entry in
            actor.map { actor in entry.permission.map(actor.has) ?? true } ?? false
        }.map { entry in
            Entry(
                path: entry.path, label: entry.label[context.language],
                isCurrent: context.request.uri.path == entry.path
                    || context.request.uri.path.hasPrefix(entry.path + "/"))
        }
    }
}

/// A link of the portal's navigation, for those who may follow it.
struct PortalNavigation: Sendable {
    let path: String
    let label: LocalizedText
    let permission: Permission?
}

/// What a handler of the portal answers.
enum PortalReply: Sendable {
    case page(PortalPage, status: HTTPResponse.Status = .ok)
    /// Looks at another page (303).
    case redirect(String, cookies: [HTTPField] = [])
    /// To be saved, or read by a script of the page.
    case file(ResponseBody, contentType: String, name: String)
}
