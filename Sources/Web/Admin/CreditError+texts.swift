import Domain

extension CreditError {
    var message: LocalizedText {
        switch self {
        case .referenceUsed(let entry):
            LocalizedText(
                english:
                    "This reference is that of the entry '\(entry.id)', which has another kind or amount. Use a new "
                    + "reference, or repeat that entry as it is.",
                french: "Cette référence est celle de l'écriture '\(entry.id)', d'une autre nature ou d'un autre "
                    + "montant. Utilisez une nouvelle référence, ou répétez cette écriture telle quelle.")
        case .insufficient(let left):
            LocalizedText(
                english: "That is more than is left and not held by requests under way: \(left) US dollars.",
                french: "C'est plus que ce qui reste sans être retenu par des requêtes en cours : \(left) dollars "
                    + "américains.")
        }
    }
}
