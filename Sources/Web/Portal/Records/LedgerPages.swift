import Domain
import HummingbirdCore
import NIOCore

/// `/portal/ledger`: the log, and exports of what it has of the organization.
struct LedgerPages: PortalPart {
    let records: any RecordsReader
    let keys: any KeyAdministration
    let catalog: any CatalogReader

    private static let partSize = 1_000

    var navigation: [PortalNavigation] {
        [
            PortalNavigation(
                path: "/portal/ledger", label: LocalizedText(english: "Ledger", french: "Registre"),
                permission: .readCustody)
        ]
    }

    var routes: [PortalRoute] {
        [
            .get("/portal/ledger", .permitted(.readCustody), show),
            .get("/portal/ledger/export", .permitted(.exportLedger), export),
        ]
    }

    private func show(_ context: PortalContext) async throws -> PortalReply {
        let (_, _, organization) = try context.signedIn()
        let status = try await records.logStatus()
        let names = try await keys.names(of: organization.id)
        let search = RecordSearch(limit: 1) { context.query($0) }
        let fields = search.fields(keys: names, routes: catalog.routes().map(\.id), context)
        var page = PortalPage(title: context.say("Ledger", "Registre"), lead: organization.name)
        page.script = "verify.js"
        page.sections = [
            PortalPage.Section(heading: context.say("The log", "Le journal"), html: log(status, context)),
            PortalPage.Section(
                heading: context.say("Search", "Chercher"),
                html: form("/portal/requests", context.say("Show", "Afficher"), fields + idField(context), context)),
            PortalPage.Section(
                heading: context.say("Export", "Exporter"),
                text: context.say(
                    "Closed records of a period with their proofs, a line each (NDJSON). northern custody verify checks the file.",
                    "Les consignations closes d'une période avec leurs preuves, une par ligne (NDJSON). northern custody verify vérifie le fichier."
                ),
                html: form("/portal/ledger/export", context.say("Download", "Télécharger"), fields, context)
                    + "<p data-progress role=\"status\"></p>"),
        ]
        return .page(page)
    }

    private func form(_ action: String, _ submit: String, _ fields: HTML, _ context: PortalContext) -> HTML {
        let isExport = action.hasSuffix("/export")
        let words = context.say("lines", "lignes")
        return """
            <form class="filters" method="get" action="\(action)" aria-label="\(submit)"\
            \(isExport ? HTML(" data-export data-words=\"\(words)\"") : "")>\(fields)\
            <button class="button second">\(submit)</button></form>
            """
    }

    private func idField(_ context: PortalContext) -> HTML {
        let label = context.say("Or a request's id", "Ou l'identifiant d'une requête")
        return "<label>\(label)<input name=\"id\" autocomplete=\"off\"></label>"
    }

    private func log(_ status: LogStatus, _ context: PortalContext) -> HTML {
        let identity = status.identity
        let note = status.checkpoint
        let lines = note?.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) ?? []
        let keys = identity.keys.map { key -> HTML in
            let end = key.notAfter.map { " – \($0.minuteText)" } ?? ""
            return
                "<p><code data-copy>\(key.verifierKey)</code><br><span class=\"aside\">\(key.notBefore.minuteText)\(end)</span></p>"
        }
        let witnesses = identity.witnesses.map { HTML("<p>\($0.name)<br><code data-copy>\($0.verifierKey)</code></p>") }
        let facts = HTML.properties([
            (context.say("Name", "Nom"), .code(identity.origin)),
            (context.say("Entries", "Entrées"), lines.count > 1 ? HTML("\(lines[1])") : "0"),
            (context.say("Root", "Racine"), lines.count > 2 ? .code(lines[2]) : nil),
            (context.say("Looked at", "Consulté le"), HTML("\(context.now.minuteText)")),
            (context.say("Keys", "Clés"), "\(keys)"),
            (
                context.say("Witnesses", "Témoins"),
                witnesses.isEmpty ? HTML("\(context.say("none", "aucun"))") : "\(witnesses)"
            ),
        ])
        let shown: HTML =
            note.map {
                "<details><summary>\(context.say("The checkpoint", "Le point de contrôle"))</summary><pre tabindex=\"0\"><code>\($0)</code></pre></details>"
            }
            ?? "<p>\(context.say("There is no checkpoint yet.", "Il n'y a pas encore de point de contrôle."))</p>"
        return facts + shown
    }

    // MARK: Export

    private func export(_ context: PortalContext) async throws -> PortalReply {
        let (_, _, organization) = try context.signedIn()
        let search = RecordSearch(limit: Self.partSize) { context.query($0) }
        guard let first = try await records.export(search.query, of: organization.id) else {
            throw PortalProblem.invalid(CustodyReceipt.unpublished.reason ?? LocalizedText(english: "", french: ""))
        }
        let body = ResponseBody { [records] writer in
            var (part, query) = (first, search.query)
            try await writer.write(ByteBuffer(bytes: part.ndjson))
            while let next = part.next, next != query.cursor {
                query.cursor = next
                guard let more = try await records.export(query, of: organization.id) else { break }
                part = more
                try await writer.write(ByteBuffer(bytes: part.ndjson))
            }
            try await writer.finish(nil)
        }
        let days = [search.query.from, search.query.to].compactMap { $0?.date.description }
        return .file(
            body, contentType: "application/x-ndjson", name: (["ledger"] + days).joined(separator: "-") + ".ndjson")
    }
}
