import Foundation
import Privacy

/// The lists in Training/Data, as they lie there.
struct Lists {
    struct Given {
        let name: String
        let facts: WordFacts
        let locales: [Substring]
    }

    struct Family {
        let name: String
        let locales: [Substring]
    }

    var given: [Given] = []
    var family: [Family] = []
    var places: [(name: String, group: String, facts: WordFacts)] = []
    var english: [(word: String, level: Int)] = []
    var french: [String] = []
    var software: [String] = []
    /// What people and places are known to everyone, and what words say about their neighbors.
    var others: [(name: String, facts: WordFacts)] = []
    var substitutes: [(kind: String, name: String)] = []

    init(folder: URL) throws {
        for row in try Self.rows(folder, "names-given.tsv") where row.count >= 3 {
            given.append(Given(name: String(row[0]), facts: Self.gender(row[1]), locales: row[2].split(separator: ",")))
        }
        for row in try Self.rows(folder, "names-family.tsv") where row.count >= 2 {
            family.append(Family(name: String(row[0]), locales: row[1].split(separator: ",")))
        }
        for row in try Self.rows(folder, "places.tsv") where row.count >= 2 {
            places.append((String(row[0]), String(row[1]), Self.kinds[String(row[1])] ?? []))
        }
        for row in try Self.rows(folder, "words-en.tsv") where row.count >= 2 {
            english.append((String(row[0]), Int(row[1]) ?? 50))
        }
        french = try Self.rows(folder, "words-fr.txt").map { String($0[0]) }
        software = try Self.rows(folder, "software-terms.txt").map { String($0[0]) }
        for file in ["substitute-names.tsv", "substitute-places.tsv"] {
            for row in try Self.rows(folder, file) where row.count >= 2 {
                substitutes.append((String(row[0]), String(row[1])))
            }
        }
        try readOwn(folder)
    }

    private mutating func readOwn(_ folder: URL) throws {
        for row in try Self.rows(folder, "own-names.tsv") where row.count >= 3 {
            let locale = "own-" + row[1]
            for name in Self.names(row[2]) {
                if row[0] == "family" {
                    family.append(Family(name: name, locales: [locale[...]]))
                } else {
                    let gender = row[0] == "female" ? "F" : row[0] == "male" ? "M" : "U"
                    given.append(Given(name: name, facts: Self.gender(gender[...]), locales: [locale[...]]))
                }
            }
        }
        for row in try Self.rows(folder, "own-places.tsv") where row.count >= 3 {
            let facts = Self.kinds[String(row[0])] ?? []
            places += Self.names(row[2]).map { ($0, String(row[0]), facts) }
        }
        for row in try Self.rows(folder, "own-famous.tsv") where row.count >= 2 {
            others += Self.names(row[1]).map { ($0, row[0] == "place" ? [.famous, .region] : .famous) }
        }
        for row in try Self.rows(folder, "own-words.tsv") where row.count >= 2 {
            others += Self.names(row[1]).map { ($0, Self.classes[String(row[0])] ?? []) }
        }
    }

    static let kinds: [String: WordFacts] = [
        "city_ca": .canadianCity, "city_us": .americanCity, "city_world": .worldCity, "region": .region,
        "country": .country, "city": .canadianCity, "area": .canadianCity, "american": .americanCity,
        "world": .worldCity,
    ]

    static let classes: [String: WordFacts] = [
        "title": .title, "relation": .relation, "role": .role, "particle": .particle, "action": .action,
        "calendar": .calendar, "placehint": .placeHint, "namefield": .nameField, "placefield": .placeField,
        "abbreviation": .abbreviation, "word": .englishWord, "proper": .properNoun, "state": [.state, .region],
        "country": .country,
    ]

    private static func gender(_ letter: Substring) -> WordFacts {
        switch letter {
        case "F": [.given, .givenFemale]
        case "M": [.given, .givenMale]
        default: .given
        }
    }

    private static func names(_ list: Substring) -> [String] {
        list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    static func rows(_ folder: URL, _ file: String) throws -> [[Substring]] {
        try lines(folder.appending(path: file)).map { $0.split(separator: "\t") }
    }

    /// The lines of a file that say something.
    static func lines(_ file: URL) throws -> [Substring] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }
    }
}
