import Domain
import HTTPTypes

/// `/portal/keys`: the organization's keys, made, restricted, renewed and ended.
struct KeysPart: PortalPart {
    let keys: any KeyAdministration

    var navigation: [PortalNavigation] {
        [
            PortalNavigation(
                path: "/portal/keys", label: LocalizedText(english: "Keys", french: "Clés"), permission: .readKeys)
        ]
    }

    var routes: [PortalRoute] {
        [
            .get("/portal/keys", .permitted(.readKeys)) { .page(try await list($0)) },
            .get("/portal/keys/new", .permitted(.manageKeys)) { .page(newPage($0, .usual)) },
            .post("/portal/keys", .permitted(.manageKeys), make),
            .get("/portal/keys/:id", .permitted(.readKeys)) { .page(page(try await key($0), $0)) },
            .post("/portal/keys/:id", .permitted(.manageKeys), change),
            .post("/portal/keys/:id/rotate", .permitted(.manageKeys), rotate),
            .post("/portal/keys/:id/revoke", .permitted(.manageKeys), revoke),
        ]
    }

    /// The key of the path. Another organization's is as if it weren't there.
    private func key(_ context: PortalContext) async throws -> APIKey {
        let (_, actor, organization) = try context.signedIn()
        let id = context.parameter("id")
        let found = try await keys.keys().first { $0.id == id && $0.organization == organization.id }
        guard let found else { throw AccessRefusal.unknown }
        try actor.check(.readKeys, in: found.organization)
        return found
    }

    // MARK: Looking

    private func list(_ context: PortalContext) async throws -> PortalPage {
        let (_, actor, organization) = try context.signedIn()
        let lastUses = try await keys.lastUses()
        let own = try await keys.keys().filter { $0.organization == organization.id }.sorted {
            $0.createdAt > $1.createdAt
        }
        var page = PortalPage(title: context.say("Keys", "Clés"), lead: organization.name)
        let heads = [
            context.say("Name", "Nom"), context.say("Begins with", "Commence par"), context.say("State", "État"),
            context.say("Limits", "Limites"), context.say("Last used", "Dernier usage"),
        ]
        let table: HTML =
            own.isEmpty
            ? .empty(context.say("There is no key yet.", "Il n'y a pas encore de clé."))
            : .table(page.title, heads: heads.map { .head($0) }, rows: own.map { row($0, lastUses[$0.id], context) })
        let make: HTML =
            actor.has(.manageKeys)
            ? "<p><a class=\"button\" href=\"/portal/keys/new\">\(context.say("Make a key", "Créer une clé"))</a></p>"
            : ""
        page.sections = [PortalPage.Section(html: table + make)]
        return page
    }

    private func row(_ key: APIKey, _ lastUse: Timestamp?, _ context: PortalContext) -> HTML {
        """
        <tr><th scope="row">\(HTML.link("/portal/keys/\(key.id)", key.name))</th><td><code>\(key.hint)…</code></td>\
        <td>\(key.state(at: context.now).html(in: context.language))</td>\
        <td>\(key.policy.limits.summary(in: context.language) ?? "–")</td>\
        <td>\(lastUse?.minuteText ?? context.say("never", "jamais"))</td></tr>
        """
    }

    private func page(_ key: APIKey, _ context: PortalContext, filledIn: KeyFields? = nil) -> PortalPage {
        var page = PortalPage(title: key.name, lead: "\(key.hint)…")
        page.sections = [PortalPage.Section(html: facts(key, context))]
        guard key.revokedAt == nil, context.actor?.has(.manageKeys) ?? false else { return page }
        let path = "/portal/keys/\(key.id)"
        let form = KeyForm(fields: filledIn ?? KeyFields(key), isNew: false, context: context)
        let overlap = PortalForm.Field.choice(
            "overlap", context.say("The old secret works for", "L'ancien secret sert encore"),
            Self.overlaps(context).map { (String($0.seconds), $0.label) }, selected: "86400")
        page.sections += [
            PortalPage.Section(
                heading: context.say("Rotate", "Renouveler"),
                text: context.say(
                    "The key gets another secret, and keeps the rest.",
                    "La clé reçoit un autre secret et garde le reste."),
                forms: [
                    PortalForm(
                        "\(path)/rotate", context.say("Make another secret", "Créer un autre secret"), in: context,
                        [overlap])
                ]),
            PortalPage.Section(
                heading: context.say("Revoke", "Révoquer"),
                text: context.say(
                    "Whoever uses it is refused from then on. This can't be undone.",
                    "Qui s'en sert est refusé dès lors. C'est définitif."),
                forms: [PortalForm("\(path)/revoke", context.say("Revoke", "Révoquer"), in: context)]),
            PortalPage.Section(
                heading: context.say("Change", "Modifier"),
                forms: [form.form(path, context.say("Save", "Enregistrer"))]),
        ]
        return page
    }

    private func facts(_ key: APIKey, _ context: PortalContext) -> HTML {
        .properties([
            (context.say("State", "État"), key.state(at: context.now).html(in: context.language)),
            ("Id", .code(key.id)),
            (context.say("Made", "Créée"), HTML("\(key.createdAt.minuteText)")),
            (context.say("Expires", "Expire"), key.expiresAt.map { HTML("\($0.minuteText)") }),
            (context.say("Revoked", "Révoquée"), key.revokedAt.map { HTML("\($0.minuteText)") }),
            (context.say("Limits", "Limites"), key.policy.limits.summary(in: context.language).map { HTML("\($0)") }),
            (
                context.say("Its requests", "Ses requêtes"),
                .link("/portal/requests?key=\(key.id)", context.say("Show", "Afficher"))
            ),
        ])
    }

    private func newPage(_ context: PortalContext, _ fields: KeyFields, problem: String? = nil) -> PortalPage {
        let form = KeyForm(fields: fields, isNew: true, context: context)
        return PortalPage(
            title: context.say("Make a key", "Créer une clé"), problem: problem,
            sections: [PortalPage.Section(forms: [form.form("/portal/keys", context.say("Make", "Créer"))])])
    }

    // MARK: Changing

    private func make(_ context: PortalContext) async throws -> PortalReply {
        let (_, _, organization) = try context.signedIn()
        let fields = KeyFields(context.form)
        var draft: KeyDraft
        do {
            draft = try KeyDraft(fields.body(), at: context.now)
        } catch {
            return .page(newPage(context, fields, problem: error.message[context.language]), status: .badRequest)
        }
        draft.organization = organization.id
        let (key, secret) = try await keys.createKey(draft)
        return .page(shown(secret, of: key, context))
    }

    private func change(_ context: PortalContext) async throws -> PortalReply {
        let key = try await key(context)
        let fields = KeyFields(context.form)
        guard key.revokedAt == nil else { throw AccessRefusal.unknown }
        do {
            let body = fields.body(changing: key)
            guard try await keys.updateKey(key.id, { try KeyChange(body, of: $0, at: context.now) }) != nil else {
                throw AccessRefusal.unknown
            }
        } catch let error as AdminError {
            var page = page(key, context, filledIn: fields)
            page.problem = error.message[context.language]
            return .page(page, status: .badRequest)
        }
        return .redirect("/portal/keys/\(key.id)")
    }

    private func rotate(_ context: PortalContext) async throws -> PortalReply {
        let key = try await key(context)
        let known = Self.overlaps(context).first { String($0.seconds) == context.form["overlap"] }
        guard let known else {
            throw PortalProblem.invalid(PortalProblem.text("Choose one of the times.", "Choisissez une des durées."))
        }
        guard let (rotated, secret) = try await keys.rotateKey(key.id, overlap: .seconds(known.seconds)) else {
            throw AccessRefusal.unknown
        }
        return .page(shown(secret, of: rotated, context))
    }

    private func revoke(_ context: PortalContext) async throws -> PortalReply {
        let key = try await key(context)
        guard try await keys.revokeKey(key.id) != nil else { throw AccessRefusal.unknown }
        return .redirect("/portal/keys/\(key.id)")
    }

    private static func overlaps(_ context: PortalContext) -> [(seconds: Int, label: String)] {
        [
            (0, context.say("no longer", "plus du tout")), (3_600, context.say("an hour", "une heure")),
            (86_400, context.say("a day", "un jour")), (604_800, context.say("a week", "une semaine")),
        ]
    }

    /// Not in a redirect: the secret would have to be kept for the next page.
    private func shown(_ secret: APIKeySecret, of key: APIKey, _ context: PortalContext) -> PortalPage {
        var page = PortalPage(title: key.name)
        page.notice = context.say(
            "This is the key. It is shown this once: copy it now.",
            "Voici la clé. Elle n'est montrée qu'une fois : copiez-la.")
        page.secret = secret.text
        page.sections = [
            PortalPage.Section(
                html: """
                    <p>\(HTML.link("/docs/quickstart", context.say("How to call", "Comment appeler"))) · \
                    \(HTML.link("/portal/keys/\(key.id)", context.say("To the key", "Vers la clé")))</p>
                    """)
        ]
        return page
    }
}
