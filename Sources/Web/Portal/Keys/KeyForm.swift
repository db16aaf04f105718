import Domain

/// The form that a key is made or changed with.
struct KeyForm {
    let fields: KeyFields
    let isNew: Bool
    let context: PortalContext

    private func say(_ english: String, _ french: String) -> String { context.say(english, french) }

    func form(_ action: String, _ submit: String) -> PortalForm {
        PortalForm(action, submit, in: context, name + scope + personal + limits)
    }

    private var name: [PortalForm.Field] {
        let environment = PortalForm.Field.choice(
            "environment", say("For", "Pour"),
            [("live", say("live use", "la production")), ("test", say("tests", "des essais"))],
            selected: fields["environment"])
        return [.text("name", say("Name", "Nom"), value: fields["name"])] + (isNew ? [environment] : [])
    }

    private var scope: [PortalForm.Field] {
        let tiers = Tier.allCases.map { tier in
            PortalForm.Field.check(
                KeyFields.check(tier), "\(say("Tier: ", "Palier : "))\(tier.title[context.language])",
                isChecked: fields.has(KeyFields.check(tier)))
        }
        return tiers + [
            .lines(
                "routes", say("Routes", "Routes"), value: fields["routes"],
                hint: say("One a line. Empty: all of its tiers.", "Une par ligne. Vide : toutes celles de ses paliers.")
            ),
            .check(
                "allow_fallbacks", say("May fall back to other routes", "Peut se replier sur d'autres routes"),
                isChecked: fields.has("allow_fallbacks")),
            .check(
                "commands", say("Messages may be commands", "Les messages peuvent être des commandes"),
                isChecked: fields.has("commands")),
            .optional(
                "processing", say("Processed only in", "Traité seulement en"), value: fields["processing"],
                hint: say("Such as CA, FR. Empty: anywhere.", "Comme CA, FR. Vide : n'importe où.")),
            .optional(
                "exposure", say("Exposed only to the law of", "Exposé seulement à la loi de"),
                value: fields["exposure"],
                hint: say("Empty: of anybody.", "Vide : de n'importe qui.")),
            .choice(
                "evidence", say("Evidence at the least", "Preuve au minimum"),
                [("", say("any", "toute"))] + EvidenceGrade.allCases.map { ($0.rawValue, $0.title[context.language]) },
                selected: fields["evidence"], isRequired: false),
            .choice(
                "egress", say("Addresses of upstreams", "Adresses des amonts"),
                [
                    ("", say("as the route says", "selon la route")), ("off", say("not looked at", "non vérifiées")),
                    ("observe", say("recorded", "consignées")), ("enforce", say("enforced", "imposées")),
                ], selected: fields["egress"], isRequired: false),
        ]
    }

    private var personal: [PortalForm.Field] {
        [
            .choice(
                "pii_substitution", say("Personal information", "Renseignements personnels"),
                [
                    ("", say("as the organization says", "selon l'organisation")),
                    ("off", say("leaves as it is", "part tel quel")),
                    ("on", say("is replaced", "est remplacé")),
                    ("required", say("is replaced, or refused", "est remplacé, sinon refusé")),
                ], selected: fields["pii_substitution"], isRequired: false)
        ]
    }

    private var limits: [PortalForm.Field] {
        let none = say("Empty: no limit.", "Vide : sans limite.")
        return [
            .optional(
                "requests_per_minute", say("Requests per minute", "Requêtes par minute"),
                value: fields["requests_per_minute"], hint: none),
            .optional(
                "tokens_per_minute", say("Tokens per minute", "Jetons par minute"), value: fields["tokens_per_minute"],
                hint: none),
            .optional("day_usd", say("US$ a day", "$ US par jour"), value: fields["day_usd"], hint: none),
            .optional("month_usd", say("US$ a month", "$ US par mois"), value: fields["month_usd"], hint: none),
            .optional("total_usd", say("US$ in all", "$ US en tout"), value: fields["total_usd"], hint: none),
            .optional(
                "expires_at", say("Expires", "Expire le"), value: fields["expires_at"],
                hint: say(
                    "A day or a time, such as 2027-01-31. Empty: never.",
                    "Un jour ou une heure, comme 2027-01-31. Vide : jamais.")),
            .lines(
                "networks", say("Callers' networks", "Réseaux des appelants"), value: fields["networks"],
                hint: say(
                    "Such as 203.0.113.0/24, one a line. Empty: anywhere.",
                    "Comme 203.0.113.0/24, un par ligne. Vide : n'importe où.")),
        ]
    }
}
