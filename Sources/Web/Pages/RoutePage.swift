import Domain

/// What the template `route` shows: one route, with everything that is published about it.
struct RoutePage {
    let id: String
    let name: String
    let tier: String
    let tierName: String
    let tierMeaning: String
    let provider: String
    let model: String
    let isCustomers: Bool
    let residency: [ResidencyFact]
    let prices: [PriceRow]
    let longPrompt: Int?
    let priceList: String
    let takesImages: Bool
    let takesTools: Bool
    let takesSampling: Bool
    let modalities: String
    let contextWindow: String
    let longestOutput: String
    /// Days that the provider keeps what it is sent.
    let kept: String?
    let isUsedForTraining: Bool
    let isReviewed: Bool
    let fallbacks: [Link]
    let deprecated: String?
    let retires: String?
    let isEnforced: Bool
    let replacement: Link?
    let snippets: [Snippet]

    /// Another route. One that isn't offered has no page.
    struct Link {
        let id: String
        let path: String?
    }

    struct ResidencyFact {
        let question: String
        let answer: String
        let grade: String
        let gradeName: String
    }

    struct PriceRow {
        let words: String
        let price: String
        let long: String?
    }

    init(_ route: Route, among routes: [Route], baseURL: String, in language: Language) {
        func link(_ id: Route.ID) -> Link { Link(id: id, path: routes.first { $0.id == id }?.pagePath) }
        id = route.id
        name = route.name
        tier = route.tier.rawValue
        tierName = route.tier.title[language]
        tierMeaning = route.tier.meaning[language]
        provider = route.provider.rawValue
        model = route.upstreamModel
        isCustomers = route.credentialSource == .customer
        residency = Self.facts(of: route.residency, in: language)
        prices = Self.rows(of: route.prices, in: language)
        longPrompt = route.prices.longPrompt?.aboveTokens
        priceList = route.prices.id
        takesImages = route.capabilities.supportsVision
        takesTools = route.capabilities.supportsFunctionCalling
        takesSampling = route.capabilities.supportsSamplingParameters
        modalities = route.capabilities.modalities.joined(separator: ", ")
        contextWindow = route.capabilities.contextWindow.grouped(in: language)
        longestOutput = route.capabilities.maximumOutputTokens.grouped(in: language)
        kept = route.retention.days.map { String($0) }
        isUsedForTraining = route.retention.isUsedForTraining
        isReviewed = route.retention.isReviewedByHumans
        fallbacks = route.fallbacks.map(link)
        deprecated = route.lifecycle.deprecatedAt?.description
        retires = route.lifecycle.retiresAt?.description
        isEnforced = route.lifecycle.isEnforced
        replacement = route.lifecycle.replacement.map(link)
        snippets = Snippet.all(calling: route.id, at: baseURL)
    }

    private static func facts(of residency: Residency, in language: Language) -> [ResidencyFact] {
        func fact(_ question: String, _ answer: String, _ grade: EvidenceGrade) -> ResidencyFact {
            ResidencyFact(question: question, answer: answer, grade: grade.rawValue, gradeName: grade.title[language])
        }
        let evidence = residency.evidence
        return [
            fact(
                language.say("Where the request is accepted", "Où la requête est reçue"),
                "\(residency.jurisdiction.country(in: language)) · \(residency.region)", evidence.endpoint),
            fact(
                language.say("Where the model may run", "Où le modèle peut s'exécuter"),
                residency.processing.countries(in: language), evidence.processing),
            fact(
                language.say("Where anything is kept", "Où quelque chose est conservé"),
                residency.storage.countries(in: language), evidence.storage),
            fact(
                language.say("Whose law can compel disclosure", "Quelle loi peut contraindre à divulguer"),
                residency.exposure.countries(in: language), evidence.exposure),
        ]
    }

    private static func rows(of prices: PriceSnapshot, in language: Language) -> [PriceRow] {
        let classes: [(String, KeyPath<TokenPrices, TokenPrice>)] = [
            (language.say("Input", "Entrée"), \.input),
            (language.say("Input read from a cache", "Entrée lue d'un cache"), \.cachedInput),
            (language.say("Input written to a cache", "Entrée écrite dans un cache"), \.cacheWrite),
            (language.say("Output", "Sortie"), \.output),
            (language.say("Reasoning", "Raisonnement"), \.reasoning),
        ]
        return classes.map { words, path in
            PriceRow(
                words: words, price: prices.charge[keyPath: path].asDollars,
                long: prices.longPrompt?.charge[keyPath: path].asDollars)
        }
    }
}

extension Int {
    /// With its thousands apart, as numbers are written in Canada.
    func grouped(in language: Language) -> String {
        let digits = Array(String(magnitude))
        var text = self < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0 && (digits.count - index).isMultiple(of: 3) { text += language.say(",", "\u{A0}") }
            text.append(digit)
        }
        return text
    }
}
