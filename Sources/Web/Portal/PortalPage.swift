import Domain
import HTTPTypes
import Hummingbird

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
    var sections: [Section] = []

    struct Section: Sendable {
        /// Not `title`: a template finds the page's where a section has none.
        let heading: String?
        let text: String?
        let heads: [String]
        let rows: [Row]
        let forms: [PortalForm]
        let links: [Link]
        /// Stored, as templates don't see what is computed.
        let hasTable: Bool

        init(
            heading: String? = nil, text: String? = nil, heads: [String] = [], rows: [Row] = [],
            forms: [PortalForm] = [], links: [Link] = []
        ) {
            self.heading = heading
            self.text = text
            self.heads = heads
            self.rows = rows
            self.forms = forms
            self.links = links
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
    }
}

/// A form. What stands in attributes is escaped here, scalar by scalar: see ``Pages``.
struct PortalForm: Sendable {
    let action: String
    let csrf: String
    let submit: String
    let fields: [Field]
    let hidden: [Hidden]

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
        let isSelect: Bool
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
            options: [], isRequired: true, isSelect: false)
    }

    static func choice(_ name: String, _ label: String, _ options: [(value: String, label: String)], selected: String?)
        -> Self
    {
        Self(
            name: name, label: label, type: "", autocomplete: "off", value: "", hint: nil,
            options: options.map {
                PortalForm.Option(value: $0.value.escapedForHTML, label: $0.label, isSelected: $0.value == selected)
            }, isRequired: true, isSelect: true)
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
                isCurrent: context.request.uri.path == entry.path)
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
}
