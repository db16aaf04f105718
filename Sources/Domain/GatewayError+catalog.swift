/// The catalogue: every error a caller can meet, in both languages.
extension GatewayError {
    // MARK: Keys

    public static let missingAPIKey = GatewayError(
        .missingAPIKey,
        english: "No API key was sent. Send it as 'Authorization: Bearer ni_live_…' or as 'x-api-key'.",
        french: "Aucune clé d'API n'a été envoyée. Envoyez-la dans 'Authorization: Bearer ni_live_…' ou 'x-api-key'.")

    public static let malformedAPIKey = GatewayError(
        .invalidAPIKey,
        english: "This is not a key of this gateway: keys begin with 'ni_live_' or 'ni_test_'. Check what was copied.",
        french: "Ce n'est pas une clé de cette passerelle : les clés commencent par 'ni_live_' ou 'ni_test_'. "
            + "Vérifiez la copie.")

    public static let unknownAPIKey = GatewayError(
        .invalidAPIKey,
        english: "This API key is not known here. Check the key, and that it was made for this gateway.",
        french: "Cette clé d'API est inconnue ici. Vérifiez la clé et la passerelle pour laquelle elle a été créée.")

    public static let revokedAPIKey = GatewayError(
        .revokedAPIKey,
        english: "This API key was revoked. Ask an administrator for a new one.",
        french: "Cette clé d'API a été révoquée. Demandez-en une nouvelle à un administrateur.")

    public static let expiredAPIKey = GatewayError(
        .expiredAPIKey,
        english: "This API key has expired. Ask an administrator for a new one.",
        french: "Cette clé d'API a expiré. Demandez-en une nouvelle à un administrateur.")

    public static let addressNotAllowed = GatewayError(
        .addressNotAllowed,
        english: "This API key may not be used from this address. Call from one of the key's networks, or ask an "
            + "administrator to allow this one.",
        french:
            "Cette clé d'API ne peut pas être utilisée depuis cette adresse. Appelez depuis un des réseaux de la clé, "
            + "ou demandez à un administrateur d'autoriser celui-ci.")

    // MARK: Limits

    public init(_ struck: LimitStruck) {
        let words = struck.isShare ? Self.shareWords : Self.words(of: struck)
        self.init(
            struck.limit.isBudget ? .budgetExceeded : .rateLimitExceeded, english: words.english, french: words.french,
            retryAfter: struck.retryAfter.map(String.init), limit: struck.limit)
    }

    public static let creditsExhausted = GatewayError(
        .creditsExhausted,
        english: "What is left of this organization's credits is less than this request may cost. Ask for fewer output "
            + "tokens with 'max_tokens', or ask the operator to add credits.",
        french: "Le reste des crédits de cette organisation est inférieur à ce que cette requête peut coûter. Demandez "
            + "moins de jetons avec 'max_tokens', ou demandez à l'exploitant d'ajouter des crédits.",
        limit: .credits)

    /// Of a limit that may have room, at another node.
    private static let shareWords = LocalizedText(
        english:
            "This node of the gateway holds too little of what is left of this API key's limits, and is about to ask "
            + "for more. Try again in a second.",
        french: "Ce nœud de la passerelle détient trop peu de ce qui reste des limites de cette clé d'API, et va en "
            + "demander davantage. Réessayez dans une seconde.")

    private static func words(of struck: LimitStruck) -> LocalizedText {
        let isTooMuchAlone = struck.retryAfter == nil
        switch struck.limit {
        case .requestsPerMinute:
            return LocalizedText(
                english: "This API key has made as many requests as it may in a minute. Send fewer at a time.",
                french: "Cette clé d'API a fait autant de requêtes qu'elle le peut en une minute. Espacez-les.")
        case .credits: return creditsExhausted.message
        case .tokensPerMinute where isTooMuchAlone:
            return LocalizedText(
                english:
                    "This request alone may use more tokens than this API key has for a minute. Send less text, or "
                    + "ask for fewer output tokens.",
                french: "Cette requête à elle seule peut utiliser plus de jetons que la clé n'en a pour une minute. "
                    + "Envoyez moins de texte, ou demandez moins de jetons en sortie.")
        case .tokensPerMinute:
            return LocalizedText(
                english: "This API key has no more tokens for this minute. Wait, or ask for fewer output tokens.",
                french:
                    "Cette clé d'API n'a plus de jetons pour cette minute. Attendez, ou demandez moins de jetons en "
                    + "sortie.")
        case .dayBudget, .monthBudget, .totalBudget:
            let period: (String, String) =
                switch struck.limit {
                case .dayBudget: (" for today", " du jour")
                case .monthBudget: (" for this month", " du mois")
                default: ("", "")
                }
            return LocalizedText(
                english:
                    "What is left of this API key's budget\(period.0) is less than this request may cost. Ask for fewer "
                    + "output tokens with 'max_tokens', or ask an administrator to raise the budget.",
                french:
                    "Le reste du budget\(period.1) de cette clé d'API est inférieur à ce que cette requête peut coûter. "
                    + "Demandez moins de jetons avec 'max_tokens', ou demandez à un administrateur d'augmenter le budget."
            )
        }
    }

    // MARK: Requests

    public static func invalidJSON(_ reason: String, french: String) -> GatewayError {
        GatewayError(
            .invalidJSON,
            english: "The body is not valid JSON: \(reason). Send one JSON object in UTF-8.",
            french: "Le corps n'est pas du JSON valide : \(french). Envoyez un seul objet JSON en UTF-8.")
    }

    /// - Parameter expected: the end of a sentence, such as `a string`.
    public static func invalidType(_ parameter: String, expected: String, french: String) -> GatewayError {
        GatewayError(
            .invalidType,
            english: "'\(parameter)' has the wrong type: it must be \(expected).",
            french: "'\(parameter)' n'a pas le bon type; attendu : \(french).",
            parameter: parameter)
    }

    public static func invalidValue(_ parameter: String, _ english: String, _ french: String? = nil) -> GatewayError {
        GatewayError(
            .invalidValue, english: english, french: french ?? "Valeur refusée pour '\(parameter)' : \(english)",
            parameter: parameter)
    }

    public static func noExchangeRate(on day: CalendarDate?) -> GatewayError {
        let when = day.map { ("on \($0) or before", "le \($0) ni avant") } ?? ("on any day", "aucun jour")
        return .invalidValue(
            "currency",
            "There is no rate for Canadian dollars \(when.0). Ask the operator to enter one, or for a later 'from'.",
            "Il n'y a pas de taux pour le dollar canadien \(when.1). Demandez à l'exploitant d'en inscrire un, ou un 'from' "
                + "ultérieur.")
    }

    public static func missingParameter(_ parameter: String) -> GatewayError {
        GatewayError(
            .missingRequiredParameter,
            english: "'\(parameter)' is required and was not sent.",
            french: "'\(parameter)' est obligatoire et n'a pas été envoyé.",
            parameter: parameter)
    }

    public static func repeatedParameter(_ parameter: String) -> GatewayError {
        GatewayError(
            .repeatedParameter,
            english: "'\(parameter)' occurs twice, so it is not certain which is meant. Send it once.",
            french: "'\(parameter)' figure deux fois : on ne sait pas laquelle compte. Envoyez-le une seule fois.",
            parameter: parameter)
    }

    public static func escapedParameter(_ parameter: String) -> GatewayError {
        GatewayError(
            .invalidValue,
            english: "The name '\(parameter)' is written with escapes. Write the names of members plainly.",
            french: "Le nom '\(parameter)' est écrit avec des séquences d'échappement. Écrivez les noms en clair.",
            parameter: parameter)
    }

    public static func unsupportedParameter(_ parameter: String, _ english: String) -> GatewayError {
        GatewayError(
            .unsupportedParameter, english: english,
            french: "'\(parameter)' n'a pas d'équivalent sur cette route. Retirez-le ou choisissez une autre route.",
            parameter: parameter)
    }

    /// For a member that has no meaning here, so that it can't be said in another provider's words.
    public static func unknownParameter(_ parameter: String) -> GatewayError {
        unsupportedParameter(
            parameter,
            "'\(parameter)' isn't known here, and so can't be translated for this route. Leave it out, or use a route "
                + "whose provider speaks the wire you call on.")
    }

    /// - Parameter english: what isn't offered, and what to do instead.
    public static func notOffered(_ parameter: String, _ english: String) -> GatewayError {
        GatewayError(
            .notImplementedYet, english: english,
            french: "'\(parameter)' n'est pas offert ici. Retirez-le de la requête.", parameter: parameter)
    }

    /// - Parameter provider: as its name is shown.
    public static func tokensNotCounted(by provider: String) -> GatewayError {
        GatewayError(
            .notImplementedYet,
            english: "\(provider) counts no tokens ahead, and a guess is no count. Choose another route, or send the "
                + "message with a small 'max_tokens' and read 'usage'.",
            french: "\(provider) ne compte pas les jetons d'avance, et une estimation n'est pas un compte. Choisissez "
                + "une autre route, ou envoyez le message avec un petit 'max_tokens' et lisez 'usage'.",
            parameter: "model")
    }

    /// - Parameter reason: a sentence.
    public static func malformedHTTP(_ reason: String, status: Int) -> GatewayError {
        GatewayError(
            .invalidRequest,
            english: "The HTTP request can't be read. \(reason) Check the client, or the proxy in between.",
            french: "La requête HTTP est illisible. \(reason) Vérifiez le client ou le mandataire intermédiaire.",
            status: status)
    }

    public static let repeatedCredentials = GatewayError(
        .invalidRequest,
        english:
            "The key was sent more than once, so it is not certain which is meant. Send one 'Authorization' field, "
            + "or one 'x-api-key' field.",
        french: "La clé a été envoyée plus d'une fois : on ne sait pas laquelle compte. Envoyez un seul champ "
            + "'Authorization', ou un seul champ 'x-api-key'.")

    public static func requestTooLarge(limit: Int) -> GatewayError {
        GatewayError(
            .requestTooLarge,
            english: "The body is larger than the \(limit) bytes this gateway takes. Send less, or ask the operator "
                + "to raise 'listen.max_body_bytes'.",
            french: "Le corps dépasse les \(limit) octets que cette passerelle accepte. Envoyez-en moins, ou demandez "
                + "à l'exploitant d'augmenter 'listen.max_body_bytes'.")
    }

    public static let slowRequest = GatewayError(
        .requestTimeout,
        english:
            "The request came too slowly, or not to its end, so the gateway waits for it no longer. Send it again, "
            + "or ask the operator to raise the limits under 'listen'.",
        french:
            "La requête est venue trop lentement, ou pas jusqu'au bout; la passerelle ne l'attend plus. Renvoyez-la, "
            + "ou demandez à l'exploitant de relever les limites sous 'listen'.")

    public static let notFound = GatewayError(
        .notFound,
        english: "There is nothing at this path. The base URL of the API ends in '/v1'.",
        french: "Il n'y a rien à ce chemin. L'URL de base de l'API se termine par '/v1'.")

    public static func methodNotAllowed(_ allowed: String) -> GatewayError {
        GatewayError(
            .methodNotAllowed,
            english: "This path takes \(allowed) only.",
            french: "Ce chemin n'accepte que \(allowed).")
    }

    public static func notImplementedYet(_ what: String, parameter: String? = nil) -> GatewayError {
        GatewayError(
            .notImplementedYet,
            english: "\(what) is not offered by this version yet, so the request was not sent anywhere.",
            french: "\(what) n'est pas encore offert par cette version; la requête n'a été envoyée nulle part.",
            parameter: parameter)
    }

    // MARK: Routes

    public static func modelNotFound(_ model: String, alternatives: [Route.ID]) -> GatewayError {
        let shown = String(model.prefix(200))
        return GatewayError(
            .modelNotFound,
            english: "No route has the id '\(shown)'." + listed(" Did you mean ", alternatives, "?")
                + " GET /v1/models lists the routes of this key.",
            french: "Aucune route n'a l'identifiant '\(shown)'." + listed(" Vouliez-vous dire ", alternatives, " ?")
                + " GET /v1/models énumère les routes de cette clé.",
            parameter: "model")
    }

    public static func routeNotAllowed(_ route: Route, reason: LocalizedText, alternative: Route.ID?) -> GatewayError {
        GatewayError(
            .routeNotAllowed,
            english: "This key may not use '\(route.id)': \(reason.english)."
                + (alternative.map { " It may use '\($0)'." } ?? "") + " An administrator can change the key's policy.",
            french: "Cette clé ne peut pas utiliser '\(route.id)' : \(reason.french)."
                + (alternative.map { " Elle peut utiliser '\($0)'." } ?? "")
                + " Un administrateur peut modifier la politique de la clé.",
            parameter: "model")
    }

    /// A route that is asked with organizations' own credentials only.
    public static func ownCredentialMissing(_ route: Route) -> GatewayError {
        GatewayError(
            .routeNotAllowed,
            english: "'\(route.id)' is asked with an organization's own credential, and yours has none for "
                + "'\(route.provider)'. An administrator can add one: POST /api/admin/credentials.",
            french: "'\(route.id)' exige l'identifiant propre d'une organisation, et la vôtre n'en a pas pour "
                + "'\(route.provider)'. Un administrateur peut l'ajouter : POST /api/admin/credentials.",
            parameter: "model")
    }

    /// - Parameters:
    ///   - member: what in the request would have the provider send it on to others.
    ///   - reason: why it may not, as the end of a sentence.
    public static func onwardNotAllowed(_ member: String, reason: LocalizedText, alternative: Route.ID?) -> GatewayError
    {
        GatewayError(
            .onwardNotAllowed,
            english: "'\(member)' may have the provider send parts of the prompt on to others, and \(reason.english). "
                + "Leave it out" + (alternative.map { ", or use '\($0)'." } ?? "."),
            french: "'\(member)' peut faire transmettre à des tiers des parties de la requête, et \(reason.french). "
                + "Retirez-le" + (alternative.map { ", ou utilisez '\($0)'." } ?? "."),
            parameter: member)
    }

    public static func routeRetired(_ route: Route, on date: CalendarDate) -> GatewayError {
        let replacement = route.lifecycle.replacement
        return GatewayError(
            .routeRetired,
            english: "The route '\(route.id)' was retired on \(date)."
                + (replacement.map { " Use '\($0)'." } ?? " GET /v1/models lists what is offered."),
            french: "La route '\(route.id)' a été retirée le \(date)."
                + (replacement.map { " Utilisez '\($0)'." } ?? " GET /v1/models énumère l'offre."),
            parameter: "model")
    }

    /// A route's id is a promise where its requests go, which a mapping of that id keeps.
    public static func mappingLeadsFurther(from name: Route.ID, to route: Route.ID) -> GatewayError {
        GatewayError(
            .routeNotAllowed,
            english: "'\(name)' is itself a route, and the data of '\(route)' may go where that route's may not. Map "
                + "it to a route that goes no further, or map another name.",
            french:
                "'\(name)' est elle-même une route, et les données de '\(route)' peuvent aller là où les siennes ne "
                + "vont pas. Associez-la à une route qui ne va pas plus loin, ou associez un autre nom.",
            parameter: "model")
    }

    /// The same for a route that a mapping led to.
    public func whereMapped(from name: String) -> GatewayError {
        GatewayError(
            code,
            english: message.english + " '\(name)' is mapped to it: send 'ni-map-model' to choose another route, or "
                + "'ni-unmap'.",
            french: message.french + " '\(name)' y est associé : envoyez 'ni-map-model' pour choisir une autre route, "
                + "ou 'ni-unmap'.",
            parameter: parameter, status: status, retryAfter: retryAfter)
    }

    private static func listed(_ before: String, _ ids: [Route.ID], _ after: String) -> String {
        ids.isEmpty ? "" : before + ids.map { "'\($0)'" }.joined(separator: ", ") + after
    }

    // MARK: Custody

    public static let recordNotFound = GatewayError(
        .recordNotFound,
        english: "No record of this id belongs to the key's organization. The id is the value of x-ni-request-id.",
        french: "Aucun enregistrement de cet identifiant n'appartient à l'organisation de la clé. L'identifiant est la "
            + "valeur de x-ni-request-id.")

    public static let recordOpen = GatewayError(
        .recordOpen,
        english: "The request isn't over yet, so there is no receipt of it. Ask again once its reply has ended.",
        french: "La requête n'est pas terminée; il n'y a pas encore de reçu. Redemandez-le après la fin de sa réponse.",
        retryAfter: "1")

    public static let recordUnlogged = GatewayError(
        .recordUnlogged,
        english:
            "The record was closed before this gateway had a transparency log, so there is no receipt of it. Use the "
            + "record itself.",
        french: "L'enregistrement date d'avant le journal de transparence; il n'a pas de reçu. Utilisez "
            + "l'enregistrement lui-même.")

    public static let logFileNotFound = GatewayError(
        .notFound,
        english:
            "The transparency log has no such file, or not yet. Begin with /log/checkpoint: it says how much there is.",
        french: "Le journal de transparence n'a pas ce fichier, ou pas encore. Commencez par /log/checkpoint, qui dit "
            + "ce qu'il y a.")

    public static let custodyUnavailable = GatewayError(
        .custodyUnavailable,
        english: "The request could not be recorded, so it was not sent anywhere. Try again shortly.",
        french: "La requête n'a pas pu être consignée; elle n'a été envoyée nulle part. Réessayez sous peu.",
        retryAfter: "5")

    /// For a request that had left already: nothing may be said that the record doesn't say.
    public static let replyNotRecorded = GatewayError(
        .custodyUnavailable,
        english: "The reply could not be recorded, so it is withheld. The provider has seen the request. Try again "
            + "shortly.",
        french: "La réponse n'a pas pu être consignée; elle est retenue. Le fournisseur a vu la requête. Réessayez "
            + "sous peu.",
        retryAfter: "5")

    // MARK: Personal information

    /// - Parameter kinds: of content, such as `image`.
    public static func unprotectable(_ kinds: [String]) -> GatewayError {
        let list = kinds.joined(separator: ", ")
        return GatewayError(
            .piiProtectionUnavailable,
            english:
                "Personal information can't be looked for in all of the request, which was not sent anywhere: it holds "
                + "\(list). Leave that out, or say \"pii_substitution\": true to have only its texts protected.",
            french:
                "Les renseignements personnels ne peuvent pas être cherchés dans toute la requête, qui n'a été envoyée "
                + "nulle part : elle contient \(list). Retirez-le, ou dites \"pii_substitution\": true pour que seuls "
                + "ses textes soient protégés.",
            parameter: "pii_substitution")
    }

    public static let noStandIn = GatewayError(
        .piiProtectionUnavailable,
        english:
            "Not everything personal in the request could be replaced, so it was not sent anywhere. Send less text "
            + "at once.",
        french: "Tout ce qui est personnel dans la requête n'a pas pu être remplacé; elle n'a été envoyée nulle part. "
            + "Envoyez moins de texte à la fois.",
        parameter: "pii_substitution")

    public static let recognizerUnavailable = GatewayError(
        .piiProtectionUnavailable,
        english: "The recognizer that this gateway asks about personal information doesn't answer as it should, so the "
            + "request was not sent anywhere. Try again shortly, or tell its operator.",
        french:
            "Le détecteur que cette passerelle consulte au sujet des renseignements personnels ne répond pas comme il "
            + "le devrait; la requête n'a été envoyée nulle part. Réessayez sous peu, ou avertissez son exploitant.",
        parameter: "pii_substitution", retryAfter: "5")

    public static let noSubstitution = GatewayError(
        .piiProtectionUnavailable,
        english: "This gateway can't replace personal information at the moment, so the request was not sent anywhere. "
            + "Ask its operator to look at its log.",
        french: "Cette passerelle ne peut pas remplacer les renseignements personnels en ce moment; la requête n'a été "
            + "envoyée nulle part. Demandez à son exploitant d'en consulter le journal.",
        parameter: "pii_substitution")

    // MARK: Upstreams

    /// An upstream's error, passed on: its class stays, its own words follow ours.
    public static func upstream(
        _ code: Code, status: Int, provider: String, message: String, retryAfter: String? = nil
    ) -> GatewayError {
        GatewayError(
            code, english: "\(provider): \(message)", french: "\(provider) : \(message)", status: status,
            retryAfter: retryAfter)
    }

    /// All of a route's endpoints have failed too often in a row.
    ///
    /// - Parameters:
    ///   - provider: as its name is shown.
    ///   - seconds: until it is tried again.
    public static func circuitOpen(provider: String, seconds: Int64) -> GatewayError {
        GatewayError(
            .upstreamUnavailable,
            english: "\(provider) has failed several times in a row and is left alone for a moment, so the request was "
                + "not sent. Try again in \(seconds) s, or use another route.",
            french:
                "\(provider) a échoué plusieurs fois de suite; on le laisse tranquille un moment, et la requête n'a "
                + "pas été envoyée. Réessayez dans \(seconds) s, ou utilisez une autre route.",
            retryAfter: String(seconds))
    }

    // MARK: The gateway itself

    public static let gatewayStops = GatewayError(
        .gatewayUnavailable,
        english: "The gateway is stopping, and begins nothing new. Try again: another one takes its place.",
        french: "La passerelle s'arrête et ne commence plus rien. Réessayez : une autre la remplace.",
        retryAfter: "1")

    public static let tooManyConnections = GatewayError(
        .gatewayUnavailable,
        english:
            "There are as many connections as the gateway takes, in all or from this address. Close some, or try again "
            + "shortly.",
        french: "La passerelle a toutes les connexions qu'elle accepte, en tout ou de cette adresse. Fermez-en, ou "
            + "réessayez sous peu.",
        retryAfter: "5")

    public static let controlPlaneUnavailable = GatewayError(
        .controlPlaneUnavailable,
        english: "The web pages are not available at the moment. The API is not affected.",
        french: "Les pages web ne sont pas disponibles pour le moment. L'API n'est pas touchée.")

    public static let mappingNotStored = GatewayError(
        .internalError,
        english: "The mapping may not have been stored. Send 'ni-status' to see what is in force, then try again, and "
            + "tell the operator the request id if it goes on.",
        french: "L'association n'a peut-être pas été enregistrée. Envoyez 'ni-status' pour voir ce qui est en vigueur, "
            + "puis réessayez, et donnez l'identifiant de la requête à l'exploitant si cela persiste.")

    public static let internalError = GatewayError(
        .internalError,
        english: "The gateway failed. Try again, and tell the operator the request id if it goes on.",
        french:
            "La passerelle a échoué. Réessayez, et donnez l'identifiant de la requête à l'exploitant si cela persiste.")
}
