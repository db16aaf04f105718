/// What has to stand at a place of a request, as the end of a sentence: `it must be …`.
public enum ExpectedForm: String, Hashable, Sendable, CaseIterable {
    case string = "a string"
    case number = "a number"
    case wholeNumber = "a whole number"
    case flag = "true or false"
    case flagOrRequired = "true, false or required"
    case object = "an object"
    case schema = "a JSON Schema object"
    case array = "an array"
    case strings = "an array of strings"
    case stringOrObject = "a string or an object"
    case stringOrArray = "a string or an array"
    case stringOrStrings = "a string or an array of strings"
    case stringOrParts = "a string or an array of parts"
    case stringOrBlocks = "a string or an array of blocks"
    case stringOrItems = "a string or an array of items"

    /// The same for callers who read French.
    public var french: String {
        switch self {
        case .string: "une chaîne"
        case .number: "un nombre"
        case .wholeNumber: "un nombre entier"
        case .flag: "true ou false"
        case .flagOrRequired: "true, false ou required"
        case .object: "un objet"
        case .schema: "un objet JSON Schema"
        case .array: "un tableau"
        case .strings: "un tableau de chaînes"
        case .stringOrObject: "une chaîne ou un objet"
        case .stringOrArray: "une chaîne ou un tableau"
        case .stringOrStrings: "une chaîne ou un tableau de chaînes"
        case .stringOrParts: "une chaîne ou un tableau de parties"
        case .stringOrBlocks: "une chaîne ou un tableau de blocs"
        case .stringOrItems: "une chaîne ou un tableau d'éléments"
        }
    }
}
