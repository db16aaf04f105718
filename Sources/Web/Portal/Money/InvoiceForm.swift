import Domain

/// The form that an invoice is sent with, and what was sent with it.
struct InvoiceForm {
    /// How the outcome is told.
    enum Report: String, CaseIterable {
        case page, text, json
    }

    private let routes: [Route]
    private let context: PortalContext

    init(_ routes: [Route], _ context: PortalContext) {
        self.routes = routes
        self.context = context
    }

    private func say(_ english: String, _ french: String) -> String { context.say(english, french) }

    var report: Report { Report(rawValue: context.form["report"]) ?? .page }

    // MARK: To be filled in

    func form(_ action: String, ofAtMost bytes: Int) -> PortalForm {
        PortalForm(
            action, say("Compare", "Comparer"), in: context, [provider] + period + file(bytes) + names + [reports])
    }

    private func filledIn(_ name: String, or usual: String = "") -> String {
        context.form[name].isEmpty ? usual : context.form[name]
    }

    private var provider: PortalForm.Field {
        let providers = Set(routes.map(\.provider.rawValue)).sorted()
        return .choice(
            "provider", say("Provider", "Fournisseur"), providers.map { ($0, $0) }, selected: context.form["provider"])
    }

    /// The month before this one, which is what invoices are of.
    private var period: [PortalForm.Field] {
        let end = context.now.date.monthStart.adding(days: -1)
        return [
            .text("from", say("From", "Du"), value: filledIn("from", or: "\(end.monthStart)"), type: "date"),
            .text("to", say("To", "Au"), value: filledIn("to", or: "\(end)"), type: "date"),
        ]
    }

    private func file(_ bytes: Int) -> [PortalForm.Field] {
        let exports: [(String, String)] = [
            ("openai", say("OpenAI, usage by day and model", "OpenAI, usage par jour et modèle")),
            ("aws", say("AWS Data Exports, cost and usage report", "AWS Data Exports, rapport de coûts et d'usage")),
            (
                "google",
                say("Google Cloud Billing, standard usage cost", "Google Cloud Billing, coûts d'usage standard")
            ),
            ("", say("another, with the columns below", "autre, avec les colonnes ci-dessous")),
        ]
        return [
            .choice("preset", say("Export", "Export"), exports, selected: context.form["preset"], isRequired: false),
            .file(
                "file", say("The file (CSV)", "Le fichier (CSV)"), mostBytes: bytes,
                tooLarge: PortalProblem.fileTooLarge(limit: bytes).message[context.language],
                hint: say(
                    "Up to \(bytes / 1_000) kB. Compare larger ones with 'northern usage reconcile'.",
                    "Jusqu'à \(bytes / 1_000) ko. Comparez les plus grands avec « northern usage reconcile ».")),
        ]
    }

    private var names: [PortalForm.Field] {
        [
            .optional(
                "columns", say("Columns", "Colonnes"), value: context.form["columns"],
                hint: "date=…,model=…,input=…,output=…,cost=…"),
            .lines(
                "models", say("Names of models", "Noms de modèles"), value: context.form["models"],
                hint: say(
                    "A text in the invoice's names, '=' and the upstream model, one a line.",
                    "Un texte des noms de la facture, « = » et le modèle du fournisseur, un par ligne.")),
            .text(
                "tolerance", say("Tolerance in per cent", "Tolérance en pour cent"),
                value: filledIn("tolerance", or: "1")),
        ]
    }

    private var reports: PortalForm.Field {
        .choice(
            "report", say("Report", "Rapport"),
            [
                ("page", say("on a page", "sur une page")), ("text", say("as a file, text", "en fichier, texte")),
                ("json", say("as a file, JSON", "en fichier, JSON")),
            ], selected: report.rawValue)
    }

    // MARK: What was sent

    /// - Throws: ``InvoiceError``.
    func comparison() throws(InvoiceError) -> InvoiceComparison {
        let form = context.form
        let preset = InvoiceColumns.Preset(rawValue: form["preset"])
        guard preset != nil || !form["columns"].isEmpty else {
            throw InvoiceError(
                "Choose which export this is, or name its columns.",
                "Choisissez de quel export il s'agit, ou nommez ses colonnes.")
        }
        let columns: InvoiceColumns
        if let preset, form["columns"].isEmpty {
            columns = InvoiceColumns(preset)
        } else {
            columns = try InvoiceColumns(form["columns"])
        }
        // French writes a comma.
        let tolerance = Double(form["tolerance"].replacing(",", with: ".")) ?? -1
        return try InvoiceComparison(
            with: form["provider"], routes: routes,
            days: try InvoiceComparison.days(from: form["from"], to: form["to"]),
            columns: columns,
            models: form["models"].split(whereSeparator: \.isNewline).map(String.init), tolerance: tolerance)
    }

    /// - Throws: ``InvoiceError`` where there is none.
    func file() throws(InvoiceError) -> [UInt8] {
        guard context.form.isMultipart else {
            throw InvoiceError(
                "The form came without a file, as it wasn't sent as multipart/form-data. Send it from this page.",
                "Le formulaire est venu sans fichier, car pas en multipart/form-data. Envoyez-le depuis cette page.")
        }
        guard let file = context.form.file else {
            throw InvoiceError("Choose the invoice's file.", "Choisissez le fichier de la facture.")
        }
        return file
    }
}
