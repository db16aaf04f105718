import Privacy

/// Fills templates with names and places, and spoils the result as people do.
struct ExampleMaker {
    let names: NameMaker
    let places: PlaceMaker
    let noise: WordNoise

    func example(of templates: [Template], first: Template, _ random: inout Random) -> Example {
        var example = Example()
        append(first, to: &example, &random)
        while random.chance(0.3) {
            var next = random.pick(templates)
            while next.isFrench != first.isFrench { next = random.pick(templates) }
            example.append(random.chance(0.5) ? "\n" : " ")
            append(next, to: &example, &random)
        }
        spoil(&example, &random)
        return example
    }

    private func append(_ template: Template, to example: inout Example, _ random: inout Random) {
        let isNoisy = random.chance(0.25)
        for (index, piece) in template.pieces.enumerated() {
            switch piece {
            case .text(let text): example.append(isNoisy ? noise.applied(to: text, &random) : text)
            case .slot(let slot):
                let next = index + 1 < template.pieces.count ? template.pieces[index + 1] : .text("")
                fill(slot, before: next, isFrench: template.isFrench, in: &example, &random)
            }
        }
    }

    private func fill(
        _ slot: String, before next: Template.Piece, isFrench: Bool, in example: inout Example, _ random: inout Random
    ) {
        switch slot {
        case "C", "c", "CU": fillPlace(slot, before: next, isFrench: isFrench, in: &example, &random)
        case "S": example.append(places.street(&random, isFrench: isFrench), .structured)
        case "A": example.append("\(random.next() % 73 + 18)")
        case "n": example.append("\(random.next() % 9999 + 1)")
        case "EMAIL": example.append("name@example.com", .structured)
        case "PHONE": example.append("613-555-0142", .structured)
        case "X": example.append(random.pick(places.things))
        case "Z": example.append(random.pick(places.famousPeople))
        case "K": example.append(random.pick(places.famousPlaces))
        case "G": example.append(random.pick(places.regions), .region)
        case "V": example.append(random.pick(["4111 1111 1111 1111", "192.0.2.7", "046 454 286"]), .structured)
        case "POSTAL": example.append("K1A 0B1", .structured)
        default: fillName(slot, isFrench: isFrench, in: &example, &random)
        }
    }

    private func fillName(_ slot: String, isFrench: Bool, in example: inout Example, _ random: inout Random) {
        let name = names.full(&random, isFrench: isFrench)
        func given() -> String { names.given(&random, isFrench: isFrench) }
        func family() -> String { names.family(&random, isFrench: isFrench) }
        switch slot {
        case "P": example.append(name.given + " " + name.family, .person)
        case "R":
            example.append(name.family, .person)
            example.append(", ")
            example.append(name.given, .person)
        case "I": example.append(NameMaker.initial(of: name.given) + ". " + name.family, .person)
        case "IN": example.append(NameMaker.initial(of: name.given) + ".", .person)
        case "PU": example.append((name.given + " " + name.family).uppercased(), .person)
        case "FU": example.append(given().uppercased(), .person)
        case "LU": example.append(family().uppercased(), .person)
        case "f": example.append(given().lowercased(), .person)
        case "l": example.append(family().lowercased(), .person)
        case "FW": example.append(random.pick(names.wordGiven), .person)
        case "LW": example.append(random.pick(names.wordFamily), .person)
        case "fw": example.append(random.pick(names.wordGiven).lowercased(), .person)
        case "lw": example.append(random.pick(names.wordFamily).lowercased(), .person)
        case "L": example.append(family(), .person)
        default: example.append(given(), .person)
        }
    }

    private func fillPlace(
        _ slot: String, before next: Template.Piece, isFrench: Bool, in example: inout Example, _ random: inout Random
    ) {
        let isRegion = random.chance(0.05)
        var name = isRegion ? random.pick(places.regions) : places.city(&random)
        if slot == "c" { name = name.lowercased() }
        if slot == "CU" { name = name.uppercased() }
        example.append(name, isRegion ? .region : .place)
        guard !isRegion, slot == "C", random.chance(0.12), case .text(let text) = next else { return }
        if text.isEmpty || [".", "\n", "?", "!", ";", ")"].contains(where: { text.hasPrefix($0) }) {
            example.append((random.chance(0.8) ? ", " : " ") + random.pick(Self.provinces))
        }
    }

    private static let provinces = [
        "ON", "Ontario", "QC", "Québec", "BC", "British Columbia", "AB", "Alberta", "MB", "Manitoba", "SK",
        "Saskatchewan",
        "NS", "Nova Scotia", "NB", "NL", "PE", "YT", "NT", "NU", "Nunavut", "Canada", "NY", "CA", "TX", "Texas", "USA",
        "France", "India", "Nouveau-Brunswick", "Nouvelle-Écosse", "Colombie-Britannique", "UK",
    ]

    private func spoil(_ example: inout Example, _ random: inout Random) {
        if random.chance(0.3) { example.change { $0 == 0x27 ? 0x2019 : $0 } }
        if random.chance(0.06) { example.change(Example.withoutAccent) }
        if random.chance(0.09) {
            example.change(Letters.lowercase)
        } else if random.chance(0.05) {
            example.change(Example.uppercase)
        }
        if random.chance(0.05) { example.change { $0 == 0x2C || $0 == 0x2E ? 0x20 : $0 } }
    }
}
