import Domain

/// What commands are answered with: plain text that is read in a conversation.
extension LocalizedText {
    static func commands(name: String) -> LocalizedText {
        let name = shown(name)
        return LocalizedText(
            english: """
                Commands are the whole message:
                ni-models: the routes that this key may call
                ni-map-model NUMBER or ni-map-model ROUTE: send what asks for '\(name)' to that route
                ni-unmap: send it nowhere else any more
                ni-status: the mappings in force
                """,
            french: """
                Une commande est le message entier :
                ni-models : les routes que cette clé peut appeler
                ni-map-model NUMÉRO ou ni-map-model ROUTE : envoyer à cette route ce qui demande '\(name)'
                ni-unmap : ne plus l'envoyer ailleurs
                ni-status : les associations en vigueur
                """)
    }

    // MARK: Routes

    static func models(_ routes: [Route.ID]) -> LocalizedText {
        LocalizedText(
            english: "Routes that this key may call:\n" + numbered(routes),
            french: "Routes que cette clé peut appeler :\n" + numbered(routes))
    }

    static func howToMap(_ routes: [Route.ID], name: String) -> LocalizedText {
        let name = shown(name)
        return LocalizedText(
            english: models(routes).english
                + "\nSend 'ni-map-model NUMBER' or 'ni-map-model ROUTE' to have what asks for '\(name)' sent to one.",
            french: models(routes).french
                + "\nEnvoyez 'ni-map-model NUMÉRO' ou 'ni-map-model ROUTE' pour que l'une reçoive ce qui demande "
                + "'\(name)'.")
    }

    static let noRoutes = LocalizedText(
        english: "This key may call no route. Ask an administrator to change its policy.",
        french: "Cette clé ne peut appeler aucune route. Demandez à un administrateur d'en modifier la politique.")

    // MARK: Mapping

    static func mapped(name: String, to route: Route.ID) -> LocalizedText {
        LocalizedText(
            english: "Done: '\(name)' now goes to \(route), for every request with this key.",
            french: "C'est fait : '\(name)' va désormais à \(route), pour toute requête avec cette clé.")
    }

    static func unmapped(name: String, from route: Route.ID) -> LocalizedText {
        LocalizedText(
            english: "Done: '\(name)' no longer goes to \(route).",
            french: "C'est fait : '\(name)' ne va plus à \(route).")
    }

    static func notMapped(name: String) -> LocalizedText {
        let name = shown(name)
        return LocalizedText(
            english: "'\(name)' isn't mapped, so nothing has changed. Send 'ni-status' to see what is.",
            french: "'\(name)' n'est pas associé; rien n'a changé. Envoyez 'ni-status' pour voir ce qui l'est.")
    }

    static func mappings(_ mappings: [(name: String, route: Route.ID, isUsable: Bool)]) -> LocalizedText {
        func list(_ unusable: String) -> String {
            mappings.map { "'\($0.name)' -> \($0.route)" + ($0.isUsable ? "" : unusable) }.joined(separator: "\n")
        }
        return LocalizedText(
            english: "Mappings of this key:\n" + list(" (refused: this key may not use it now)"),
            french: "Associations de cette clé :\n" + list(" (refusée : cette clé ne peut pas l'utiliser actuellement)")
        )
    }

    static let nothingMapped = LocalizedText(
        english: "This key has mapped no name. Send 'ni-map-model' to see how.",
        french: "Cette clé n'a associé aucun nom. Envoyez 'ni-map-model' pour savoir comment faire.")

    // MARK: What can't be done

    static func noSuchNumber(_ choice: String, count: Int) -> LocalizedText {
        let choice = shown(choice)
        return LocalizedText(
            english:
                "No route has the number \(choice), so nothing has changed. Send 'ni-models' to see them: there are "
                + "\(count).",
            french:
                "Aucune route n'a le numéro \(choice); rien n'a changé. Envoyez 'ni-models' pour les voir : il y en a "
                + "\(count).")
    }

    static func notDone(_ reason: LocalizedText) -> LocalizedText {
        LocalizedText(
            english: "Nothing has changed. \(reason.english) Send 'ni-models' to see the routes of this key.",
            french: "Rien n'a changé. \(reason.french) Envoyez 'ni-models' pour voir les routes de cette clé.")
    }

    static func isThatRoute(name: String) -> LocalizedText {
        LocalizedText(
            english: "'\(name)' is that route, so nothing has changed. Send 'ni-unmap' if it is mapped to another.",
            french: "'\(name)' est cette route; rien n'a changé. Envoyez 'ni-unmap' si elle est associée à une autre.")
    }

    static func unmapTakesNothing(name: String) -> LocalizedText {
        let name = shown(name)
        return LocalizedText(
            english: "Nothing has changed. Send 'ni-unmap' alone: it is for the request's own model, here '\(name)'.",
            french: "Rien n'a changé. Envoyez 'ni-unmap' seul : il vaut pour le modèle de la requête, ici '\(name)'.")
    }

    static let nameUnfit = LocalizedText(
        english: "Nothing has changed: the request's 'model' can be mapped if it has 1 to 200 characters, all of them "
            + "ASCII. Set another in your client.",
        french:
            "Rien n'a changé : le 'model' de la requête peut être associé s'il a de 1 à 200 caractères, tous ASCII. "
            + "Choisissez-en un autre dans votre client.")

    static let tooManyMapped = LocalizedText(
        english: "Nothing has changed: this key has mapped \(RouteMapping.limit) names, which is as many as it may. "
            + "Remove one with 'ni-unmap'.",
        french: "Rien n'a changé : cette clé a associé \(RouteMapping.limit) noms, le plus qu'elle peut. Retirez-en un "
            + "avec 'ni-unmap'.")

    // MARK: Parts

    private static func numbered(_ routes: [Route.ID]) -> String {
        routes.enumerated().map { "\($0 + 1). \($1)" }.joined(separator: "\n")
    }

    /// What a caller has sent is repeated up to a length.
    private static func shown(_ text: String) -> String { String(text.prefix(200)) }
}
