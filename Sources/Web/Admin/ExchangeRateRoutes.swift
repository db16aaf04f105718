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
        group.refuse([.post, .patch, .delete], on: "exchange-rates/:date", allowing: "GET and PUT")
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
        let object = try body.object(knowing: ["cad_per_usd", "source"])
        let text = try Self.rate(object["cad_per_usd"])
        guard let source = object["source"] else { throw AdminError.gateway(.missingParameter("source")) }
        guard let source = source.string else { throw KeyDraft.wrongType("source", .string) }
        guard let rate = ExchangeRate(day: day, text: text, source: source) else {
            throw GatewayError.invalidValue(
                "cad_per_usd",
                "'cad_per_usd' must be a rate such as 1.3702, and 'source' have 1 to \(ExchangeRate.longestSource) bytes.",
                "'cad_per_usd' doit être un taux comme 1.3702, et 'source' avoir de 1 à \(ExchangeRate.longestSource) "
                    + "octets.")
        }
        try rates.setExchangeRate(rate)
        return .json(.object(rate.json))
    }

    /// As text or as a number; either is kept digit by digit.
    private static func rate(_ value: JSON?) throws(AdminError) -> String {
        switch value {
        case nil, .null?: throw .gateway(.missingParameter("cad_per_usd"))
        case .string(let digits)?, .number(let digits)?: return digits
        default: throw KeyDraft.wrongType("cad_per_usd", .number)
        }
    }
}

extension ExchangeRate {
    fileprivate var json: JSONObject {
        ["date": .string(day.description), "cad_per_usd": .string(text), "source": .string(source)]
    }
}
