/// Makes names that sound like others, letter by letter after the two letters before: what no list knows.
struct NameInventor {
    private var next: [[Character]: [Character]] = [:]

    init(_ names: [String]) {
        for name in names where name.count >= 3 {
            var before: [Character] = ["^", "^"]
            for letter in name.lowercased() + "$" {
                next[before, default: []].append(letter)
                before = [before[1], letter]
            }
        }
    }

    func name(_ random: inout Random) -> String {
        while true {
            var name = ""
            var before: [Character] = ["^", "^"]
            while name.count < 14, let letters = next[before] {
                let letter = random.pick(letters)
                if letter == "$" { break }
                name.append(letter)
                before = [before[1], letter]
            }
            if name.count >= 3, name.count < 14 { return Self.capitalized(name) }
        }
    }

    /// Each part of it.
    static func capitalized(_ name: String) -> String {
        var result = ""
        var isStart = true
        for letter in name {
            result += isStart ? letter.uppercased() : String(letter)
            isStart = letter == " " || letter == "-"
        }
        return result
    }
}
