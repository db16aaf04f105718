/// What can be wrong with a part of a request that says where its content is.
extension GatewayError {
    /// - Parameters:
    ///   - member: what names the address.
    ///   - reason: why it may not, as the end of a sentence.
    public static func urlNotAllowed(_ member: String, reason: LocalizedText) -> GatewayError {
        GatewayError(
            .urlNotAllowed,
            english: "'\(member)' names an address in place of the content, and \(reason.english) ('images.urls'). "
                + "Send the content itself as a data URL or in Base64, such as 'data:image/png;base64,…'.",
            french: "'\(member)' donne une adresse au lieu du contenu, et \(reason.french) ('images.urls'). Envoyez "
                + "le contenu lui-même dans une URL de données ou en Base64, comme 'data:image/png;base64,…'.",
            parameter: member)
    }

    /// - Parameter member: what names the address.
    public static func notFetched(_ member: String, _ reason: MediaFetchFailure.Reason) -> GatewayError {
        GatewayError(
            reason == .busy ? .gatewayUnavailable : .invalidImageURL,
            english: "What '\(member)' names could not be fetched: \(reason.text.english). Send the content itself, "
                + "such as 'data:image/png;base64,…'" + (reason == .busy ? ", or try again shortly." : "."),
            french: "Ce que '\(member)' désigne n'a pas pu être récupéré : \(reason.text.french). Envoyez le contenu "
                + "lui-même, comme 'data:image/png;base64,…'" + (reason == .busy ? ", ou réessayez sous peu." : "."),
            parameter: member, retryAfter: reason == .busy ? "1" : nil)
    }

    /// - Parameter member: the first that is one too many.
    public static func tooManyURLs(_ member: String, most: Int) -> GatewayError {
        GatewayError(
            .invalidImageURL,
            english: "No more than \(most) addresses are fetched for a request, and '\(member)' is one more. Send "
                + "the content itself, such as 'data:image/png;base64,…'.",
            french: "Pas plus de \(most) adresses sont récupérées pour une requête, et '\(member)' en est une de "
                + "trop. Envoyez le contenu lui-même, comme 'data:image/png;base64,…'.",
            parameter: member)
    }
}
