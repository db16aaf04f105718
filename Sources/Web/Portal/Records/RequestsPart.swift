import Domain
import HummingbirdCore
import NIOCore
import Wire

/// `/portal/requests`: what went where, request by request, with receipts.
struct RequestsPart: PortalPart {
    let records: any RecordsReader
    let keys: any KeyAdministration
    let catalog: any CatalogReader

    private static let onPage = 50

    var navigation: [PortalNavigation] {
        [
            PortalNavigation(
                path: "/portal/requests", label: LocalizedText(english: "Requests", french: "Requêtes"),
                permission: .readRequests)
        ]
    }

    var routes: [PortalRoute] {
        [
            .get("/portal/requests", .permitted(.readRequests), list),
            .get("/portal/requests/:id", .permitted(.readRequests), show),
            .get("/portal/requests/:id/receipt", .permitted(.readRequests), receipt),
        ]
    }

    // MARK: All

    private func list(_ context: PortalContext) async throws -> PortalReply {
        let (_, _, organization) = try context.signedIn()
        let asked = context.query("id").filter { !$0.isWhitespace }
        if let id = RequestID(hex: asked) { return .redirect("/portal/requests/\(id.hex)") }
        let search = RecordSearch(limit: Self.onPage) { context.query($0) }
        let found = try await records.records(search.query, of: organization.id)
        let names = try await keys.names(of: organization.id)
        var page = PortalPage(title: context.say("Requests", "Requêtes"), lead: organization.name)
        if !asked.isEmpty {
            page.problem = context.say(
                "A request's id has 32 hex digits: see x-ni-request-id of a reply.",
                "L'identifiant d'une requête a 32 chiffres hexadécimaux : voyez x-ni-request-id d'une réponse.")
        }
        page.sections = [
            PortalPage.Section(
                html: form(search, names, context) + table(found, names, context) + pages(search, found, context))
        ]
        return .page(page)
    }

    private func form(_ search: RecordSearch, _ names: [APIKey.ID: String], _ context: PortalContext) -> HTML {
        """
        <form class="filters" method="get" action="/portal/requests" \
        aria-label="\(context.say("Which requests", "Quelles requêtes"))">
        \(search.fields(keys: names, routes: catalog.routes().map(\.id), context))
        <label>\(context.say("Or a request's id", "Ou l'identifiant d'une requête"))<input name="id" autocomplete="off" \
        value="\(context.query("id"))"></label>
        <button class="button second">\(context.say("Show", "Afficher"))</button></form>
        """
    }

    private func table(_ found: CustodyPage, _ names: [APIKey.ID: String], _ context: PortalContext) -> HTML {
        guard !found.records.isEmpty else {
            let text = context.say("No request is like that.", "Aucune requête n'est ainsi.")
            return .empty(text)
        }
        let lines = found.records.compactMap(RecordLine.init)
        return .table(
            context.say("Requests", "Requêtes"), heads: RecordLine.heads(context),
            rows: lines.map { $0.row(keys: names, context) })
    }

    private func pages(_ search: RecordSearch, _ found: CustodyPage, _ context: PortalContext) -> HTML {
        let first: HTML =
            search.query.cursor == nil
            ? ""
            : "<a href=\"/portal/requests?\(search.parameters)\">\(context.say("The newest", "Les plus récentes"))</a>"
        let next = found.next.map { cursor -> HTML in
            let query = (search.parameters.isEmpty ? "" : search.parameters + "&") + "cursor=\(cursor.hex)"
            return
                "<a rel=\"next\" href=\"/portal/requests?\(query)\">\(context.say("Older ones", "Plus anciennes"))</a>"
        }
        return "<nav class=\"pages\" aria-label=\"\(context.say("Pages", "Pages"))\">\(first)\(next ?? "")</nav>"
    }

    // MARK: One

    private func show(_ context: PortalContext) async throws -> PortalReply {
        let (_, _, organization) = try context.signedIn()
        guard let id = RequestID(hex: context.parameter("id")),
            let record = try await records.record(id, of: organization.id)
        else { throw AccessRefusal.unknown }
        let receipt = try await records.receipt(id, of: organization.id)
        let status = try await records.logStatus()
        return .page(RecordPage(record, receipt: receipt, log: status.identity, context).page)
    }

    private func receipt(_ context: PortalContext) async throws -> PortalReply {
        let (_, _, organization) = try context.signedIn()
        guard let id = RequestID(hex: context.parameter("id")),
            let receipt = try await records.receipt(id, of: organization.id)
        else { throw AccessRefusal.unknown }
        guard case .file(let bytes) = receipt else {
            throw PortalProblem.invalid(receipt.reason ?? LocalizedText(english: "", french: ""))
        }
        return .file(
            ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)), contentType: "text/plain; charset=utf-8",
            name: "\(id.hex).tlog-proof")
    }
}

extension CustodyReceipt {
    /// Why there is none; nil where there is one.
    var reason: LocalizedText? {
        switch self {
        case .file: nil
        case .open:
            LocalizedText(
                english: "The request isn't over: there is a receipt when it is.",
                french: "La requête est en cours : il y aura un reçu à sa fin.")
        case .unpublished:
            LocalizedText(
                english: "The log's next checkpoint will have it: open this page again in a few seconds.",
                french: "Le prochain point de contrôle du journal l'aura : rouvrez cette page dans quelques secondes.")
        case .unlogged:
            LocalizedText(
                english: "The request was over before there was a log: it has no receipt.",
                french: "La requête a pris fin avant qu'il y ait un journal : elle n'a pas de reçu.")
        }
    }
}
