import Domain
import Wire

/// The page of one request: its way, its receipt, and all that its record says.
struct RecordPage {
    private let record: ArchivedRecord
    private let json: JSON
    private let receipt: CustodyReceipt?
    private let log: LogIdentity
    private let context: PortalContext

    init(_ record: ArchivedRecord, receipt: CustodyReceipt?, log: LogIdentity, _ context: PortalContext) {
        self.record = record
        json = (try? JSON(parsing: record.json)) ?? .object([:])
        self.receipt = receipt
        self.log = log
        self.context = context
    }

    private func say(_ english: String, _ french: String) -> String { context.say(english, french) }

    var page: PortalPage {
        var page = PortalPage(title: say("Request", "Requête") + " \(record.id.hex)")
        page.script = "verify.js"
        page.sections = [
            PortalPage.Section(html: summary),
            PortalPage.Section(heading: say("Its way", "Son chemin"), html: way),
            PortalPage.Section(heading: say("Receipt", "Reçu"), html: receiptPart),
            PortalPage.Section(
                heading: say("All that is on record", "Tout ce qui est consigné"), html: RecordFields(json).html),
        ]
        return page
    }

    private var summary: HTML {
        let outcome = json["outcome"]?.string.flatMap { CustodyRecord.Outcome(rawValue: $0) }
        let error = json["error"]?.string
        return .properties([
            (say("Outcome", "Issue"), outcome?.html(in: context.language)),
            (say("Came", "Arrivée"), json["opened_at"]?.string.map { HTML("\($0)") }),
            (say("Over", "Terminée"), json["closed_at"]?.string.map { HTML("\($0)") }),
            ("Route", json["route"]?.string.map { HTML.code($0) }),
            (say("Key", "Clé"), json["key"]?.string.map(key)),
            (say("Error", "Erreur"), error.map { HTML("<a href=\"/docs/errors\"><code>\($0)</code></a>") }),
            (say("Log entry", "Entrée du journal"), record.place.map { HTML("\($0.index)") }),
        ])
    }

    /// A link for those who may follow it.
    private func key(_ id: APIKey.ID) -> HTML {
        context.actor?.has(.readKeys) ?? false ? .link("/portal/keys/\(id)", id) : .code(id)
    }

    private var way: HTML {
        guard let path = CustodyPath(record: json) else {
            return .empty(say("The record can't be read.", "La consignation est illisible."))
        }
        return HTML(made: CustodyPicture(path, in: context.language).html)
    }

    // MARK: The receipt

    private var receiptPart: HTML {
        guard case .file(let bytes)? = receipt else {
            let reason = receipt?.reason ?? CustodyReceipt.unlogged.reason
            return "<p>\(reason?[context.language] ?? "")</p>"
        }
        let path = "/portal/requests/\(record.id.hex)/receipt"
        return """
            <p>\(say("The receipt shows to anybody that the public log has this record.", "Le reçu montre à quiconque que le journal public a cette consignation.")) \
            <a href="\(path)" download>\(say("Download the receipt", "Télécharger le reçu"))</a></p>
            \(check(String(decoding: bytes, as: UTF8.self)))
            <p>\(say("With the program:", "Avec le programme :"))</p>
            <pre tabindex="0"><code>northern custody verify \(record.id.hex).tlog-proof --key '\(log.keys.last?.verifierKey ?? "")'</code></pre>
            """
    }

    /// Without a script there is but the command: the button comes with the script.
    private func check(_ receipt: String) -> HTML {
        """
        <div data-verify data-request="\(record.id.hex)" hidden>
        <label class="long">\(say("Keys that you trust, one a line", "Clés auxquelles vous vous fiez, une par ligne"))
        <textarea rows="3" data-keys spellcheck="false">\(trusted)</textarea></label>
        <p class="aside">\(say("These come from this gateway. Keys that you had from elsewhere say more.", "Celles-ci viennent de cette passerelle. Des clés obtenues ailleurs en disent plus."))</p>
        <label class="long">\(say("The receipt", "Le reçu"))
        <textarea rows="6" data-receipt spellcheck="false">\(receipt)</textarea></label>
        <button type="button" class="button">\(say("Verify in this page", "Vérifier dans cette page"))</button>
        <div role="status"><ul class="findings" data-findings></ul></div>
        </div>
        """
    }

    private var trusted: String {
        (log.keys.map(\.verifierKey) + log.witnesses.map(\.verifierKey)).joined(separator: "\n")
    }
}
