import Domain

/// The way of a request, drawn on a map: from the caller to the gateway, and on to each upstream that was tried.
///
/// A record says neither where the caller nor where the gateway was, so they stand below the map and not on it; and an
/// upstream whose place is not one, such as `global`, stands in a box of its own.
struct CustodyPicture {
    /// More than these are told in the table only.
    private static let shown = 6
    private static let card = (width: 244.0, height: 114.0, gap: 10.0)
    private static let gateway = (x: 132.0, y: 530.0)

    let path: CustodyPath
    let language: Language
    /// Of letters and digits, once on a page.
    let id: String

    init(_ path: CustodyPath, id: String = "path", in language: Language) {
        self.path = path
        self.id = id
        self.language = language
    }

    var svg: String {
        var picture = SVG(
            id: id, width: Int(MapPoint.width), height: Int(height),
            title: language.say("The way of the request", "Le chemin de la requête"), description: summary)
        picture.rectangle(0, 0, MapPoint.width, MapPoint.height, "water", round: 8)
        picture.path(MapOutline.land, "land")
        picture.path(MapOutline.home, "home")
        picture.path(MapOutline.lines, "border")
        // Land ends with the map, and no clipping is needed: what is below is drawn over it.
        picture.rectangle(0, MapPoint.height, MapPoint.width, height - MapPoint.height, "ground")
        drawProcessing(in: &picture)
        drawEnds(in: &picture)
        for (index, attempt) in path.attempts.prefix(Self.shown).enumerated() { draw(attempt, index, in: &picture) }
        return picture.finished
    }

    private var height: Double {
        let rows = (min(max(1, path.attempts.count), Self.shown) + 2) / 3
        return MapPoint.height + Self.card.gap * 2 + Double(rows) * (Self.card.height + Self.card.gap)
    }

    // MARK: Parts

    private func drawProcessing(in picture: inout SVG) {
        guard let residency = path.residency else { return }
        let isAnywhere = residency.processing.members.contains(.anywhere)
        if isAnywhere { picture.rectangle(6, 6, MapPoint.width - 12, MapPoint.height - 12, "hop anywhere", round: 8) }
        let words =
            isAnywhere
            ? language.say("The model may have run anywhere", "Le modèle a pu s'exécuter n'importe où")
            : language.say("Processed only in: ", "Traité seulement en : ")
                + residency.processing.countries(in: language)
        picture.rectangle(320, 420, 380, 34, "card-ground", round: 6)
        picture.words(words, 510, 442, "strong", .middle)
    }

    private func drawEnds(in picture: inout SVG) {
        let y = Self.gateway.y
        picture.path("M70 \(y.short)H100", "hop")
        picture.circle(56, y, 12, "place")
        picture.words(language.say("Caller", "Appelant"), 56, y + 34, "faint", .middle)
        picture.rectangle(Self.gateway.x - 30, y - 20, 60, 40, "place", round: 6)
        picture.words(language.say("Gateway", "Passerelle"), Self.gateway.x, y + 34, "faint", .middle)
    }

    private func draw(_ attempt: CustodyPath.Attempt, _ index: Int, in picture: inout SVG) {
        let failed = attempt.failure == nil ? "" : " failed"
        let end = spot(of: attempt, index)
        let start = Self.gateway
        let bend = (x: (start.x + end.x) / 2, y: min(start.y, end.y) - 40)
        picture.path(
            "M\(start.x.short) \((start.y - 20).short)Q\(bend.x.short) \(bend.y.short) \(end.x.short) \(end.y.short)",
            "hop\(failed)")
        picture.circle(end.x, end.y, 11, "place\(failed)")
        picture.words("\(index + 1)", end.x, end.y + 4.5, "strong", .middle)
        let label = attempt.place.map { $0.town } ?? unplaced(attempt)
        let isLeft = hasNeighbor(rightOf: end, index)
        picture.words(label, end.x + (isLeft ? -16 : 16), end.y + 4, "strong halo", isLeft ? .end : .start)
        drawCard(attempt, index, in: &picture, failed)
    }

    private func drawCard(_ attempt: CustodyPath.Attempt, _ index: Int, in picture: inout SVG, _ failed: String) {
        let (x, y) = (
            200.0 + Double(index % 3) * (Self.card.width + Self.card.gap),
            MapPoint.height + 2 * Self.card.gap + Double(index / 3) * (Self.card.height + Self.card.gap)
        )
        picture.rectangle(x, y, Self.card.width, Self.card.height, "card-ground\(failed)", round: 6)
        picture.words("\(index + 1)  \(attempt.provider) · \(attempt.region)".cut(to: 30), x + 12, y + 22, "strong")
        picture.words(jurisdiction(of: attempt), x + 12, y + 42)
        let grade = attempt.evidence ?? path.residency?.evidence ?? .declared
        drawMark(of: grade, x + 18, y + 58, in: &picture)
        picture.words(grade.title[language], x + 32, y + 62)
        picture.words(time(of: attempt), x + 12, y + 82, "faint")
        if let failure = attempt.failure {
            picture.words("✕ \(Self.words(for: failure)[language])", x + 12, y + 102, "failed-text")
        }
    }

    /// A disc that is fuller the better something is known.
    private func drawMark(of grade: EvidenceGrade, _ x: Double, _ y: Double, in picture: inout SVG) {
        picture.circle(x, y, 6, "grade")
        let (left, top) = (x.short, (y - 6).short)
        switch grade {
        case .declared: break
        case .constrained: picture.path("M\(x.short) \(y.short)V\(top)a6 6 0 0 1 6 6z", "grade-fill")
        case .observedNetwork: picture.path("M\(left) \(top)a6 6 0 0 1 0 12z", "grade-fill")
        case .observedProvider: picture.path("M\(x.short) \(y.short)V\(top)a6 6 0 1 1 -6 6z", "grade-fill")
        case .reconciled: picture.circle(x, y, 6, "grade-fill")
        }
    }

    // MARK: Where and when

    private func spot(of attempt: CustodyPath.Attempt, _ index: Int) -> (x: Double, y: Double) {
        guard let place = attempt.place else { return (650, 130 + 32 * Double(index)) }
        let point = MapPoint(place)
        // A second attempt at a place stands beside the first.
        let before = path.attempts.prefix(index).count { $0.place == place }
        return (point.x, point.y - 24 * Double(before))
    }

    /// Whether another place is where a label would stand.
    private func hasNeighbor(rightOf spot: (x: Double, y: Double), _ index: Int) -> Bool {
        path.attempts.prefix(Self.shown).enumerated().contains { other, attempt in
            let end = self.spot(of: attempt, other)
            return other != index && 0.1...110 ~= end.x - spot.x && abs(end.y - spot.y) < 22
        }
    }

    private func unplaced(_ attempt: CustodyPath.Attempt) -> String {
        attempt.region == "global"
            ? language.say("anywhere (global)", "n'importe où (global)")
            : language.say("place not known: ", "lieu inconnu : ") + attempt.region.cut(to: 20)
    }

    private func jurisdiction(of attempt: CustodyPath.Attempt) -> String {
        if let residency = path.residency, attempt == path.attempts.last {
            return language.say("Endpoint in: ", "Point d'accès : ") + residency.jurisdiction.country(in: language)
        }
        let country = attempt.place.flatMap { Jurisdiction($0.country) }?.country(in: language)
        return language.say("Endpoint in: ", "Point d'accès : ") + (country ?? language.say("not known", "inconnu"))
    }

    /// The times of the clock (UTC), out of what a record has: 2026-11-27T12:00:00.123456Z.
    private func time(of attempt: CustodyPath.Attempt) -> String {
        func clock(_ time: String) -> String { String(time.split(separator: "T").last?.prefix(12) ?? "") }
        return clock(attempt.startedAt) + (attempt.endedAt.map { " – \(clock($0))" } ?? "")
    }
}

extension CustodyPicture {
    static func words(for failure: String) -> LocalizedText {
        func text(_ english: String, _ french: String) -> LocalizedText {
            LocalizedText(english: english, french: french)
        }
        return switch failure {
        case "request": text("refused the request", "a refusé la requête")
        case "context_length": text("the prompt was too long", "la requête était trop longue")
        case "content_filter": text("its filter stopped it", "son filtre l'a arrêtée")
        case "limit": text("a limit was reached", "une limite était atteinte")
        case "account": text("refused our account", "a refusé notre compte")
        case "missing": text("has no such model", "n'a pas ce modèle")
        case "unavailable": text("was not available", "n'était pas disponible")
        case "timeout": text("took too long", "a trop tardé")
        case "stalled": text("fell silent", "s'est tu")
        case "upstream": text("had an error", "a eu une erreur")
        case "malformed": text("its answer was unreadable", "sa réponse était illisible")
        case "truncated": text("its answer broke off", "sa réponse s'est interrompue")
        case "connection": text("could not be reached", "était injoignable")
        case "residency": text("its place did not check out", "son lieu n'a pas été confirmé")
        case "cancelled": text("was called off", "a été annulé")
        default: text("failed", "a échoué")
        }
    }

    // MARK: In words

    private var summary: String {
        let parts = path.attempts.enumerated().map { index, attempt in
            "\(index + 1): \(attempt.provider), \(attempt.region)"
                + (attempt.failure.map { " (\(Self.words(for: $0)[language]))" } ?? "")
        }
        return parts.isEmpty
            ? language.say("Nothing left the gateway.", "Rien n'a quitté la passerelle.")
            : language.say("From the gateway to ", "De la passerelle à ") + parts.joined(separator: "; ")
    }

    /// The same, for who doesn't see the picture.
    var table: String {
        let heads = [
            language.say("Attempt", "Tentative"), "Route", language.say("Provider, region", "Fournisseur, région"),
            language.say("Endpoint in", "Point d'accès"), language.say("Evidence", "Preuve"),
            language.say("From, to (UTC)", "De, à (UTC)"), language.say("Result", "Résultat"),
        ]
        let rows = path.attempts.enumerated().map { index, attempt in
            let grade = attempt.evidence ?? path.residency?.evidence ?? .declared
            let result =
                attempt.failure.map { Self.words(for: $0)[language] } ?? attempt.status.map { String($0) }
                ?? language.say("in progress", "en cours")
            let cells = [
                attempt.route, "\(attempt.provider), \(attempt.region)",
                jurisdiction(of: attempt).split(separator: ":").last.map(String.init) ?? "", grade.title[language],
                time(of: attempt), result,
            ]
            return "<tr><th scope=\"row\">\(index + 1)</th>"
                + cells.map { "<td>\($0.escapedForHTML)</td>" }.joined() + "</tr>"
        }
        return
            "<details><summary>\(language.say("As a table", "En tableau"))</summary><div class=\"wide\"><table><thead><tr>"
            + heads.map { "<th scope=\"col\">\($0.escapedForHTML)</th>" }.joined()
            + "</tr></thead><tbody>\(rows.joined())</tbody></table></div></details>"
    }

    /// Both, to stand in a page as they are.
    var html: String { "<figure>\(svg)\(table)</figure>" }
}

extension String {
    fileprivate func cut(to length: Int) -> String { count > length ? prefix(length - 1) + "…" : self }
}
