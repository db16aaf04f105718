import Domain
import HummingbirdCore
import NIOCore

/// `/portal/usage`: what the organization has used, in pictures, tables and files.
struct UsagePart: PortalPart {
    let records: any RecordsReader
    let keys: any KeyAdministration

    /// Rows of a table; the files have all.
    private static let mostRows = 20

    var navigation: [PortalNavigation] {
        [
            PortalNavigation(
                path: "/portal/usage", label: LocalizedText(english: "Usage", french: "Usage"), permission: .readUsage)
        ]
    }

    var routes: [PortalRoute] {
        [
            .get("/portal/usage", .permitted(.readUsage), show),
            .get("/portal/usage/csv", .permitted(.readUsage)) { try await file($0, .csv) },
            .get("/portal/usage/ndjson", .permitted(.readUsage)) { try await file($0, .ndjson) },
        ]
    }

    private func show(_ context: PortalContext) async throws -> PortalReply {
        let (_, _, organization) = try context.signedIn()
        let ask = UsageAsk(on: context.now.date) { context.query($0) }
        let names = try await keys.names(of: organization.id)
        let byDay = try await records.usage(ask.query([.day, ask.grouping.dimension]), of: organization.id)
        let byRoute = try await records.usage(ask.query([.route]), of: organization.id)
        let byKey = try await records.usage(ask.query([.key]), of: organization.id)
        let pictures = UsagePictures(ask: ask, rows: byDay, name: { names[$0] ?? $0 }, language: context.language)
        var page = PortalPage(title: context.say("Usage", "Usage"), lead: organization.name)
        let tables = [
            table(
                context.say("By route", "Par route"), byRoute, context,
                { $0.route.map { $0.isEmpty ? context.say("no route", "sans route") : $0 } ?? "" }),
            table(context.say("By key", "Par clé"), byKey, context, { $0.key.map { names[$0] ?? $0 } ?? "" }),
        ]
        let form = UsageForm(ask, names: names, routes: byRoute.compactMap(\.route).filter { !$0.isEmpty }, context)
        page.sections = [
            PortalPage.Section(html: form.html + total(byRoute, context) + files(ask, context)),
            PortalPage.Section(html: "\(pictures.html)\(tables)"),
        ]
        return .page(page)
    }

    private func total(_ rows: [UsageRow], _ context: PortalContext) -> HTML {
        var sum = UsageSum()
        for row in rows { sum.add(row.sum) }
        return """
            <ul class="facts"><li><strong>\(sum.requests)</strong>\(context.say("requests", "requêtes"))</li>\
            <li><strong>\(sum.tokens.all)</strong>\(context.say("tokens", "jetons"))</li>\
            <li><strong>\(sum.charge)</strong>\(context.say("US dollars", "dollars américains"))</li></ul>
            """
    }

    private func files(_ ask: UsageAsk, _ context: PortalContext) -> HTML {
        """
        <p>\(context.say("By day, route and key:", "Par jour, route et clé :")) \
        <a href="/portal/usage/csv?\(ask.parameters)" download>CSV</a> · \
        <a href="/portal/usage/ndjson?\(ask.parameters)" download>NDJSON</a></p>
        """
    }

    private func table(
        _ title: String, _ rows: [UsageRow], _ context: PortalContext, _ name: (UsageRow) -> String
    ) -> HTML {
        let heads: [HTML] = [
            .head(title), .head(context.say("Requests", "Requêtes"), isNumber: true),
            .head(context.say("Not completed", "Non terminées"), isNumber: true),
            .head(context.say("Input tokens", "Jetons d'entrée"), isNumber: true),
            .head(context.say("Output tokens", "Jetons de sortie"), isNumber: true),
            .head(context.say("US$", "$ US"), isNumber: true),
        ]
        let sorted = rows.sorted { ($0.sum.charge, $0.sum.requests) > ($1.sum.charge, $1.sum.requests) }
        let lines = sorted.prefix(Self.mostRows).map { row -> HTML in
            let sum = row.sum
            return """
                <tr><th scope="row">\(name(row))</th>\(HTML.number("\(sum.requests)"))\
                \(HTML.number("\(sum.requests - (sum.outcomes[.completed] ?? 0))"))\
                \(HTML.number("\(sum.tokens.prompt)"))\(HTML.number("\(sum.tokens.output + sum.tokens.reasoning)"))\
                \(HTML.number("\(sum.charge)"))</tr>
                """
        }
        let more: HTML =
            sorted.count > Self.mostRows
            ? "<p class=\"aside\">\(context.say("The files have all \(sorted.count).", "Les fichiers ont les \(sorted.count)."))</p>"
            : ""
        return "<h2>\(title)</h2>\(HTML.table(title, heads: heads, rows: lines))\(more)"
    }

    private func file(_ context: PortalContext, _ format: UsageFileFormat) async throws -> PortalReply {
        let (_, _, organization) = try context.signedIn()
        let ask = UsageAsk(on: context.now.date) { context.query($0) }
        let query = ask.query([.day, .route, .key])
        let bytes = try await records.usageFile(query, format, of: organization.id)
        return .file(
            ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)),
            contentType: format == .csv ? "text/csv; charset=utf-8" : "application/x-ndjson",
            name: "usage-\(ask.days.lowerBound)-\(ask.days.upperBound).\(format.rawValue)")
    }
}

extension KeyAdministration {
    /// What the organization's keys are called, those that are ended too.
    func names(of organization: OrganizationID) async throws -> [APIKey.ID: String] {
        let own = try await keys().filter { $0.organization == organization }
        return Dictionary(own.map { ($0.id, $0.name) }) { first, _ in first }
    }
}

extension TokenUsage {
    var all: Int { prompt + output + reasoning }
}
