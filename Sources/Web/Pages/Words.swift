import Domain

// What values are called on pages.

extension Language {
    func say(_ english: String, _ french: String) -> String { self == .french ? french : english }
}

extension Tier {
    var title: LocalizedText {
        switch self {
        case .customerPremises: LocalizedText(english: "Customer premises", french: "Chez le client")
        case .canadianOwnedCloud:
            LocalizedText(english: "Canadian-owned cloud", french: "Nuage de propriété canadienne")
        case .managedCanadianCloud:
            LocalizedText(english: "Managed Canadian cloud", french: "Nuage géré au Canada")
        case .providerAPI: LocalizedText(english: "Provider API", french: "API du fournisseur")
        }
    }

    var meaning: LocalizedText {
        switch self {
        case .customerPremises:
            LocalizedText(english: "The customer's own hardware.", french: "Le matériel du client lui-même.")
        case .canadianOwnedCloud:
            LocalizedText(
                english: "In Canada, with no foreign parent in the stack.",
                french: "Au Canada, sans société mère étrangère dans la chaîne.")
        case .managedCanadianCloud:
            LocalizedText(
                english: "A Canadian region of a foreign-owned cloud.",
                french: "Une région canadienne d'un nuage de propriété étrangère.")
        case .providerAPI:
            LocalizedText(
                english: "The provider's own default, mostly the United States.",
                french: "Ce que le fournisseur offre d'office, le plus souvent les États-Unis.")
        }
    }
}

extension EvidenceGrade {
    var title: LocalizedText {
        switch self {
        case .declared: LocalizedText(english: "declared", french: "déclaré")
        case .constrained: LocalizedText(english: "constrained", french: "contraint")
        case .observedNetwork: LocalizedText(english: "observed on the network", french: "observé sur le réseau")
        case .observedProvider: LocalizedText(english: "observed by the provider", french: "observé par le fournisseur")
        case .reconciled: LocalizedText(english: "reconciled", french: "rapproché")
        }
    }
}

extension Jurisdiction {
    func named(in language: Language) -> String { self == .anywhere ? language.say("anywhere", "n'importe où") : code }

    /// The country's name where we know it by heart, else its code.
    func country(in language: Language) -> String {
        switch code {
        case "*": language.say("Anywhere", "N'importe où")
        case "CA": "Canada"
        case "US": language.say("United States", "États-Unis")
        case "GB": language.say("United Kingdom", "Royaume-Uni")
        case "IE": language.say("Ireland", "Irlande")
        case "FR": "France"
        case "DE": language.say("Germany", "Allemagne")
        case "SE": language.say("Sweden", "Suède")
        case "NL": language.say("Netherlands", "Pays-Bas")
        case "BE": language.say("Belgium", "Belgique")
        case "CH": language.say("Switzerland", "Suisse")
        default: code
        }
    }
}

extension JurisdictionSet {
    /// The codes in order, or a word where no place is excluded.
    func named(in language: Language) -> String {
        members.isEmpty
            ? language.say("nowhere", "nulle part")
            : members.sorted().map { $0.named(in: language) }.joined(separator: ", ")
    }

    func countries(in language: Language) -> String {
        members.isEmpty
            ? language.say("Nowhere", "Nulle part")
            : members.sorted().map { $0.country(in: language) }.joined(separator: ", ")
    }
}
