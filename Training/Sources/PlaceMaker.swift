import Privacy

/// Cities, parts of cities and communities, and addresses.
struct PlaceMaker {
    private var groups: [String: [String]] = [:]
    private let inventor: NameInventor
    private let streets: [String]
    let regions: [String]
    /// Companies, products and other names that name nobody; and what is known to everyone.
    let things: [String]
    let famousPeople: [String]
    let famousPlaces: [String]

    init(_ lists: Lists, _ lexicon: Lexicon) {
        for place in lists.places { groups[place.group, default: []].append(place.name) }
        things = lists.others.filter { $0.facts == .properNoun }
            .map { $0.name.count <= 3 ? $0.name.uppercased() : NameInventor.capitalized($0.name) }
        famousPeople = lists.others.filter { $0.facts == .famous }.map(\.name)
        famousPlaces = lists.others.filter { $0.facts == [.famous, .region] }.map(\.name)
        inventor = NameInventor(
            (groups["city", default: []] + groups["city_ca", default: []] + groups["area", default: []])
                .filter { !$0.contains(" ") && !$0.contains("'") })
        streets =
            lists.substitutes.filter { $0.kind == "street" }.map(\.name)
            + lists.family.map(\.name).filter { $0.count < 12 }
        let states = lists.others.filter { $0.facts.contains(.state) || $0.facts == .country }.map(\.name)
        let countries = lists.places.filter { $0.facts == .country }.map(\.name)
        regions = (states.filter { $0.count > 4 } + countries)
            .filter { lexicon.facts(of: LexiconBuilder.folded($0)).isDisjoint(with: .city) }
            .map(NameInventor.capitalized)
    }

    func city(_ random: inout Random) -> String {
        let group = random.pick(weighted: [
            (0.34, "city"), (0.14, "city_ca"), (0.16, "area"), (0.06, "american"), (0.05, "city_us"), (0.09, "world"),
            (0.06, "city_world"), (0.1, ""),
        ])
        guard let names = groups[group] else { return inventedCity(&random) }
        return random.pick(names)
    }

    private func inventedCity(_ random: inout Random) -> String {
        let name = inventor.name(&random)
        switch random.next() % 8 {
        case 0: return random.pick(["Saint-", "Sainte-", "Notre-Dame-de-", "St. ", "Mont-", "Val-"]) + name
        case 1:
            let kinds = [
                " Lake", " Bay", " Falls", " River", " Creek", " Harbour", " Heights", "-sur-Mer", " Inlet", "ville",
            ]
            return name + random.pick(kinds)
        case 2:
            return random.pick(["Port ", "Fort ", "New ", "Lac-", "Rivière-", "Cap-", "Mount ", "East ", "Old "]) + name
        default: return name
        }
    }

    func street(_ random: inout Random, isFrench: Bool) -> String {
        let number = random.next() % 9800 + 1
        let name = NameInventor.capitalized(random.pick(streets))
        if isFrench { return "\(number), \(random.pick(["rue", "avenue", "chemin", "boulevard", "rang"])) \(name)" }
        return "\(number) \(name) \(random.pick(["Street", "Ave", "Road", "Drive", "Crescent", "St.", "Lane", "Blvd"]))"
    }
}
