import Domain
import HTTPTypes
import HummingbirdCore
import NIOCore
import Wire

/// `/portal/admin/invoice`: holds what is recorded against a provider's invoice, as `northern usage reconcile` does. Nothing
/// of it is kept.
struct InvoicePart: PortalPart {
    let usage: any InstallationUsageReader
    let catalog: any CatalogReader

    private static let path = "/portal/admin/invoice"
    /// Bytes. The gateway takes a mebibyte for the control plane, with the other fields in it.
    static let mostBytes = 1_000_000
    /// Days and models on a page.
    private static let shown = 60

    var navigation: [PortalNavigation] {
        [
            PortalNavigation(
                path: Self.path, label: LocalizedText(english: "Invoice", french: "Facture"),
                permission: .readInstallation)
        ]
    }

    var routes: [PortalRoute] {
        [
            .get(Self.path, .permitted(.readInstallation)) { .page(page($0)) },
            .upload(Self.path, .permitted(.readInstallation), ofAtMost: Self.mostBytes, compare),
        ]
    }

    private func page(_ context: PortalContext) -> PortalPage {
        var page = PortalPage(title: context.say("A provider's invoice", "La facture d'un fournisseur"))
        page.lead = context.say(
            "Held against what is recorded of the provider's routes, in all organizations. The file isn't kept.",
            "Comparée à ce qui est consigné des routes du fournisseur, dans toutes les organisations. Le fichier n'est pas "
                + "gardé.")
        let form = InvoiceForm(catalog.routes(), context)
        page.sections = [PortalPage.Section(forms: [form.form(Self.path, ofAtMost: Self.mostBytes)])]
        return page
    }

    private func compare(_ context: PortalContext) async throws -> PortalReply {
        do {
            let form = InvoiceForm(catalog.routes(), context)
            let comparison = try form.comparison()
            var invoice = comparison.reader
            try invoice.add(try form.file())
            try invoice.end()
            let rows = try await usage.usageOfEverybody(on: comparison.days)
            let found = comparison.outcome(of: invoice, against: rows)
            let name = "reconciliation-\(comparison.days.lowerBound)-\(comparison.days.upperBound)"
            switch form.report {
            case .page: return .page(page(of: found, context))
            case .text: return Self.file(found.lines.joined(separator: "\n") + "\n", "text/plain", "\(name).txt")
            case .json: return Self.file(JSON.object(found.json).text(), "application/json", "\(name).json")
            }
        } catch let error as InvoiceError {
            var page = page(context)
            page.problem = error.text[context.language]
            return .page(page, status: .badRequest)
        }
    }

    private static func file(_ text: String, _ type: String, _ name: String) -> PortalReply {
        .file(ResponseBody(byteBuffer: ByteBuffer(string: text)), contentType: "\(type); charset=utf-8", name: name)
    }

    // MARK: The report

    private func page(of found: Reconciliation, _ context: PortalContext) -> PortalPage {
        var page = page(context)
        let counts = Reconciliation.Verdict.allCases.map { verdict -> HTML in
            "<li><strong>\(found.count(verdict))</strong>\(verdict.label[context.language])</li>"
        }
        // What differs comes first, as on the command line.
        let sorted = found.rows.enumerated().sorted {
            ($0.element.verdict.rank, $0.offset) < ($1.element.verdict.rank, $1.offset)
        }
        let title = context.say("Days and models", "Jours et modèles")
        let more: HTML =
            sorted.count > Self.shown
            ? "<p class=\"aside\">\(context.say("The files have all \(sorted.count).", "Les fichiers ont les \(sorted.count)."))</p>"
            : ""
        let table: HTML =
            sorted.isEmpty
            ? .empty(
                context.say("Neither side has anything on these days.", "Aucun côté n'a quoi que ce soit ces jours-là.")
            )
            : .table(title, heads: heads(context), rows: sorted.prefix(Self.shown).map { row($0.element, context) })
        page.notice =
            found.agrees ? context.say("Everything agrees.", "Tout concorde.") : nil
        page.problem =
            found.agrees ? nil : context.say("Not everything agrees.", "Tout ne concorde pas.")
        page.sections.insert(
            PortalPage.Section(heading: title, html: "<ul class=\"facts\">\(counts)</ul>" + table + more), at: 0)
        return page
    }

    private func heads(_ context: PortalContext) -> [HTML] {
        let sides = [
            context.say("Input tokens", "Jetons d'entrée"), context.say("Output tokens", "Jetons de sortie"),
            context.say("US$", "$ US"),
        ].map { HTML.head("\($0), \(context.say("ours / theirs", "nous / eux"))", isNumber: true) }
        return [
            .head(context.say("Day", "Jour")), .head(context.say("Model", "Modèle")),
            .head(context.say("Verdict", "Verdict")),
        ] + sides
    }

    private func row(_ row: Reconciliation.Row, _ context: PortalContext) -> HTML {
        let (own, other) = (row.ours ?? BilledSum(), row.theirs ?? BilledSum())
        let cells = [(own.input, other.input), (own.output, other.output), (own.cost, other.cost)].map { ours, theirs in
            let difference =
                Reconciliation.difference(ours, theirs).map { " (\(Reconciliation.Row.percent($0)) %)" } ?? ""
            return HTML.number(
                "\(Reconciliation.Row.text(ours)) / \(Reconciliation.Row.text(theirs))\(ours == theirs ? "" : difference)"
            )
        }
        // An invoice's names may be of any length.
        let model = String(row.place.model.printable.prefix(100))
        return """
            <tr><td>\(row.place.day)</td><th scope="row">\(model)</th>\
            <td>\(HTML.badge(row.verdict.badge, row.verdict.label[context.language]))</td>\(cells)</tr>
            """
    }
}

extension Reconciliation.Verdict {
    fileprivate var label: LocalizedText {
        switch self {
        case .agrees: LocalizedText(english: "agrees", french: "concorde")
        case .differs: LocalizedText(english: "differs", french: "diffère")
        case .onlyOurs: LocalizedText(english: "only we have", french: "chez nous seulement")
        case .onlyTheirs: LocalizedText(english: "only they have", french: "chez eux seulement")
        }
    }

    fileprivate var badge: String { self == .agrees ? "completed" : "refused" }

    fileprivate var rank: Int {
        switch self {
        case .differs: 0
        case .onlyOurs: 1
        case .onlyTheirs: 2
        case .agrees: 3
        }
    }
}
