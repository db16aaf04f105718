import Domain
import HTTPTypes
import Wire

/// `/portal/admin/credentials`: credentials for providers, the platform's and organizations' own. A secret comes in with a
/// form, and never goes out.
struct CredentialsPart: PortalPart {
    /// Nil: none are kept.
    let credentials: (any CredentialAdministration)?
    let people: any PeopleDirectory

    private static let path = "/portal/admin/credentials"
    /// On a page: it stays small.
    private static let shown = 50

    var navigation: [PortalNavigation] {
        [
            PortalNavigation(
                path: Self.path, label: LocalizedText(english: "Credentials", french: "Identifiants"),
                permission: .manageOwnCredentials)
        ]
    }

    var routes: [PortalRoute] {
        let access = PortalRoute.Access.permitted(.manageOwnCredentials)
        return [
            .get(Self.path, access) { .page(try await list($0)) },
            .get("\(Self.path)/new", access) { .page(try await newPage(try kind($0.query("kind")), $0)) },
            .post(Self.path, access, add),
            .get("\(Self.path)/:id", access) { .page(page(try await credential($0), $0)) },
            .post("\(Self.path)/:id/rotate", access, rotate),
            .post("\(Self.path)/:id/check", access, check),
            .post("\(Self.path)/:id/revoke", access, revoke),
        ]
    }

    private func kept() throws(AccessRefusal) -> any CredentialAdministration {
        guard let credentials else { throw .unknown }
        return credentials
    }

    /// The credential of the path. One that isn't for the actor to see is as if it weren't there.
    private func credential(_ context: PortalContext) async throws -> ProviderCredential {
        let (_, actor, _) = try context.signedIn()
        let found = try await kept().credential(context.parameter("id"), visibleTo: actor)
        guard let found else { throw AccessRefusal.unknown }
        return found
    }

    private func kind(_ text: String) throws(PortalProblem) -> ProviderCredential.Kind {
        guard let kind = ProviderCredential.Kind(rawValue: text) else {
            throw .invalid(PortalProblem.text("Choose one of the kinds.", "Choisissez une des sortes."))
        }
        return kind
    }

    // MARK: Looking

    private func list(_ context: PortalContext) async throws -> PortalPage {
        let (_, actor, _) = try context.signedIn()
        var page = PortalPage(title: context.say("Credentials", "Identifiants"))
        page.lead = context.say(
            "What providers are asked with. A secret is kept sealed and never shown.",
            "Ce avec quoi les fournisseurs sont appelés. Un secret est gardé scellé et jamais montré.")
        guard let credentials else {
            page.problem = Self.absent[context.language]
            return page
        }
        // Those in force first, and the newest of them.
        let own = try await credentials.credentials().filter { $0.isVisible(to: actor) }.sorted {
            ($0.revokedAt == nil ? 0 : 1, $1.createdAt) < ($1.revokedAt == nil ? 0 : 1, $0.createdAt)
        }
        let names = try await people.organizationNames()
        let (shown, links) = context.pageful(of: own, atMost: Self.shown, on: Self.path)
        let table: HTML =
            own.isEmpty
            ? .empty(context.say("There are none yet.", "Il n'y en a pas encore."))
            : .table(page.title, heads: heads(context), rows: shown.map { row($0, names, context) })
        page.sections = [
            PortalPage.Section(links: links, html: table),
            PortalPage.Section(
                heading: context.say("Add one", "En ajouter un"),
                text: context.say("Of which kind?", "De quelle sorte ?"),
                links: ProviderCredential.Kind.allCases.map {
                    PortalPage.Link("\(Self.path)/new?kind=\($0.rawValue)", $0.label[context.language])
                }),
        ]
        return page
    }

    private static let absent = LocalizedText(
        english:
            "This gateway keeps no credentials, as it has no master key. Set the variable NORTHERN_MASTER_KEY to what "
            + "'openssl rand -base64 32' prints, or 'credentials.master_key_file', and start it again.",
        french: "Cette passerelle ne garde aucun identifiant, faute de clé maîtresse. Donnez à la variable "
            + "NORTHERN_MASTER_KEY ce qu'affiche « openssl rand -base64 32 », ou réglez « credentials.master_key_file », "
            + "puis redémarrez-la.")

    private func heads(_ context: PortalContext) -> [HTML] {
        [
            context.say("Name", "Nom"), context.say("Provider", "Fournisseur"), context.say("Kind", "Sorte"),
            context.say("Whose", "À qui"), context.say("Fingerprint", "Empreinte"), context.say("State", "État"),
            context.say("Since", "Depuis"), context.say("Last used", "Dernier usage"),
        ].map { .head($0) }
    }

    private func row(
        _ credential: ProviderCredential, _ names: [OrganizationID: String], _ context: PortalContext
    ) -> HTML {
        """
        <tr><th scope="row">\(HTML.link("\(Self.path)/\(credential.id)", credential.name))</th>\
        <td>\(credential.provider.rawValue)</td><td>\(credential.kind.label[context.language])</td>\
        <td>\(owner(credential, names, context))</td><td><code>\(credential.fingerprint)</code></td>\
        <td>\(credential.state(in: context.language))</td>\
        <td>\((credential.replacedAt ?? credential.createdAt).minuteText)</td>\
        <td>\(credential.lastUsedAt?.minuteText ?? context.say("never", "jamais"))</td></tr>
        """
    }

    private func owner(
        _ credential: ProviderCredential, _ names: [OrganizationID: String], _ context: PortalContext
    ) -> String {
        guard let id = credential.organization else { return context.say("the platform's", "à la plateforme") }
        return names[id] ?? id.rawValue
    }

    private func page(_ credential: ProviderCredential, _ context: PortalContext) -> PortalPage {
        var page = PortalPage(title: credential.name, lead: credential.provider.rawValue)
        page.sections = [PortalPage.Section(html: facts(credential, context))]
        guard credential.revokedAt == nil else { return page }
        let path = "\(Self.path)/\(credential.id)"
        page.sections += [
            PortalPage.Section(
                heading: context.say("Check", "Vérifier"),
                text: context.say(
                    "The provider is asked for its models with it, or for a token.",
                    "Avec lui, le fournisseur est interrogé sur ses modèles, ou prié de donner un jeton."),
                forms: [PortalForm("\(path)/check", context.say("Check now", "Vérifier maintenant"), in: context)]),
            PortalPage.Section(
                heading: context.say("Rotate", "Renouveler"),
                text: context.say(
                    "The new secret is used within a second or two.",
                    "Le nouveau secret sert d'ici une seconde ou deux."),
                forms: [CredentialForm(kind: credential.kind, context: context).rotating("\(path)/rotate")]),
            PortalPage.Section(
                heading: context.say("Revoke", "Révoquer"),
                text: context.say(
                    "Its secret is forgotten. This can't be undone.", "Son secret est oublié. C'est définitif."),
                forms: [PortalForm("\(path)/revoke", context.say("Revoke", "Révoquer"), in: context)]),
        ]
        return page
    }

    private func facts(_ credential: ProviderCredential, _ context: PortalContext) -> HTML {
        let time = { (time: Timestamp?) -> HTML? in time.map { HTML("\($0.minuteText)") } }
        let owner = credential.organization?.rawValue ?? context.say("the platform's", "à la plateforme")
        return .properties([
            (context.say("State", "État"), credential.state(in: context.language)),
            ("Id", .code(credential.id)),
            (context.say("Kind", "Sorte"), HTML("\(credential.kind.label[context.language])")),
            (context.say("Whose", "À qui"), HTML("\(owner)")),
            (context.say("Fingerprint", "Empreinte"), .code(credential.fingerprint.text)),
            (context.say("Made", "Créé"), time(credential.createdAt)),
            (context.say("Exchanged", "Remplacé"), time(credential.replacedAt)),
            (context.say("Last used", "Dernier usage"), time(credential.lastUsedAt)),
            (context.say("Revoked", "Révoqué"), time(credential.revokedAt)),
        ])
    }
}

// MARK: - Changing

extension CredentialsPart {
    private func newPage(
        _ kind: ProviderCredential.Kind, _ context: PortalContext, problem: LocalizedText? = nil
    ) async throws -> PortalPage {
        _ = try kept()
        let (_, actor, _) = try context.signedIn()
        let platform = ("", context.say("the platform", "la plateforme"))
        let owners =
            actor.has(.manageCredentials)
            ? try await people.organizationField(
                context.say("For", "Pour"), among: [platform], selected: context.form["organization"], context) : nil
        let form = CredentialForm(kind: kind, context: context).adding(Self.path, owners: owners)
        return PortalPage(
            title: context.say("Add a credential", "Ajouter un identifiant"), lead: kind.label[context.language],
            problem: problem?[context.language], sections: [PortalPage.Section(forms: [form])])
    }

    private func add(_ context: PortalContext) async throws -> PortalReply {
        let (_, actor, _) = try context.signedIn()
        let (kind, kept) = (try kind(context.form["kind"]), try kept())
        do {
            let organization = context.form["organization"]
            let draft = ProviderCredentialDraft(
                organization: try await people.credentialOwner(
                    organization.isEmpty ? nil : OrganizationID(rawValue: organization), addedBy: actor),
                provider: ProviderID(rawValue: context.form["provider"]),
                name: try KeyDraft.name(.string(context.form["name"])), kind: kind,
                secret: try CredentialForm(kind: kind, context: context).sentSecret())
            let added = try await kept.addCredential(draft)
            return .redirect("\(Self.path)/\(added.id)")
        } catch {
            guard let (problem, status) = Self.problem(error) else { throw error }
            return .page(try await newPage(kind, context, problem: problem), status: status)
        }
    }

    private func rotate(_ context: PortalContext) async throws -> PortalReply {
        let old = try await credential(context)
        do {
            let secret = try CredentialForm(kind: old.kind, context: context).sentSecret()
            guard try await kept().rotateCredential(old, to: secret) != nil else { throw AccessRefusal.unknown }
        } catch {
            guard let (problem, status) = Self.problem(error) else { throw error }
            var page = page(old, context)
            page.problem = problem[context.language]
            return .page(page, status: status)
        }
        return .redirect("\(Self.path)/\(old.id)")
    }

    private func revoke(_ context: PortalContext) async throws -> PortalReply {
        let id = try await credential(context).id
        guard try await kept().revokeCredential(id) != nil else { throw AccessRefusal.unknown }
        return .redirect("\(Self.path)/\(id)")
    }

    private func check(_ context: PortalContext) async throws -> PortalReply {
        let checked = try await credential(context)
        var page = page(checked, context)
        do {
            guard let verdict = try await kept().checkCredential(checked.id) else { throw AccessRefusal.unknown }
            let (text, isGood) = verdict.message
            if isGood { page.notice = text[context.language] } else { page.problem = text[context.language] }
        } catch let error as CredentialUnusable {
            page.problem = error.description
        }
        return .page(page)
    }

    /// What is told of a credential that wasn't taken; nil for what isn't for people to read.
    private static func problem(_ error: any Error) -> (LocalizedText, HTTPResponse.Status)? {
        switch error {
        case let error as CredentialSecretError: (error.message, .badRequest)
        case let error as CredentialExists: (AdminError.credentialExists(error.id).message, .conflict)
        case let error as CredentialUnusable:
            (LocalizedText(english: error.description, french: error.description), .badRequest)
        case AdminError.organizationNotFound: (PortalProblem.refused(.unknown).message, .notFound)
        case let error as AdminError: (error.message, HTTPResponse.Status(code: error.status))
        default: nil
        }
    }
}
