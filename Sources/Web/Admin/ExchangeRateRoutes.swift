import Domain
import Hummingbird
import HummingbirdCore
import Wire

/// `/api/admin/exchange-rates/{date}`: what a US dollar is worth in Canadian dollars.
struct ExchangeRateRoutes: Sendable {
    let rates: any ExchangeRateBook

    private static let bodyLimit = 4 << 10

    func add(to group: RouterGroup<AdminContext>) {
        group.get("exchange-rates/:date") { _, context in
            try context.check(.readInstallation)
            return try show(try day(context))
        }
        group.put("exchange-rates/:date") { request, context in
            try context.check(.manageRoutes)
            return try await set(request, try day(context))
        }
    }

    private func day(_ context: AdminContext) throws -> CalendarDate {
        if let day = CalendarDate(try context.parameters.require("date")) { return day }
        throw GatewayError.invalidValue(
            "date", "The last part of the path must be a day, such as 2026-11-27.",
            "La dernière partie du chemin doit être un jour, comme 2026-11-27.")
    }

    private func show(_ day: CalendarDate) throws -> Response {
        guard let rate = try rates.exchangeRate(of: day) else { throw AdminError.rateNotFound }
        return .json(.object(rate.json))
    }

    private func set(_ request: Request, _ day: CalendarDate) async throws -> Response {
        let body = try await request.json(ofAtMost: Self.bodyLimit)
        let rate = try ExchangeRate(try body.object(knowing: ["cad_per_usd", "source"]), of: day)
        try rates.setExchangeRate(rate)
        return .json(.object(rate.json))
    }
}

extension ExchangeRate {
    /// The body of a request, or what a form says in its stead.
    init(_ object: JSONObject, of day: CalendarDate) throws(AdminError) {
        let text = try Self.digits(object["cad_per_usd"])
        guard let source = object["source"] else { throw .gateway(.missingParameter("source")) }
        guard let source = source.string else { throw KeyDraft.wrongType("source", .string) }
        guard let rate = ExchangeRate(day: day, text: text, source: source) else { throw .gateway(Self.unusable) }
        self = rate
    }

    private static let unusable = GatewayError.invalidValue(
        "cad_per_usd",
        "'cad_per_usd' must be a rate such as 1.3702, and 'source' have 1 to \(longestSource) bytes.",
        "'cad_per_usd' doit être un taux comme 1.3702, et 'source' avoir de 1 à \(longestSource) octets.")

    /// As text or as a number; either is kept digit by digit.
    private static func digits(_ value: JSON?) throws(AdminError) -> String {
        switch value {
        case nil, .null?: throw .gateway(.missingParameter("cad_per_usd"))
        case .string(let digits)?, .number(let digits)?: return digits
        default: throw KeyDraft.wrongType("cad_per_usd", .number)
        }
    }

    fileprivate var json: JSONObject {
        ["date": .string(day.description), "cad_per_usd": .string(text), "source": .string(source)]
    }
}
