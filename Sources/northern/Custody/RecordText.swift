import Wire

/// What a custody record says, as sentences.
///
/// It is read from a file of anybody's, so nothing in it is taken for granted, and nothing is printed as it stands.
struct RecordText {
    private let record: JSON

    init(_ record: JSON) { self.record = record }

    var lines: [String] {
        [request, times, route, residency, evidence, outcome].compactMap(\.self) + attempts
            + [money, digests, nonce].compactMap(\.self)
    }

    private var request: String {
        let caller = "of the organization \(word("organization")), with the key \(word("key"))"
        return "The request \(word("id")) \(caller), on the surface \(word("surface"))."
    }

    private var times: String {
        "It came at \(word("opened_at")) and was over at \(word("closed_at")), by the gateway's clock."
    }

    private var route: String? {
        guard record["route"] != nil else { return nil }
        let asked = record["asked_route"].map { ", asked for as \(Self.word($0))" } ?? ""
        return "Route: \(word("route"))\(asked); tier \(word("tier")), account: \(word("credential_source"))."
    }

    private var residency: String? {
        guard let place = record["residency"] else { return nil }
        return
            "The endpoint is in \(Self.word(place["region"])) (\(Self.word(place["jurisdiction"]))), the model runs in "
            + "\(Self.word(place["processing"])), anything kept is in \(Self.word(place["storage"])), and disclosure can be "
            + "compelled by \(Self.word(place["exposure"]))."
    }

    private var evidence: String? {
        guard let place = record["residency"] else { return nil }
        return "That rests on these grades of evidence: endpoint \(Self.word(place["evidence"])), processing "
            + "\(Self.word(place["processing_evidence"]))."
    }

    private var outcome: String {
        let status = record["status"].map { ", status \(Self.word($0))" } ?? ", no reply was begun"
        let error = record["error"].map { ", error \(Self.word($0))" } ?? ""
        return "Outcome: \(word("outcome"))\(status)\(error)."
    }

    private var attempts: [String] {
        let attempts = record["attempts"]?.array ?? []
        guard !attempts.isEmpty else { return ["No upstream was tried."] }
        return attempts.enumerated().map { "Attempt \($0 + 1): \(Self.text(of: $1))" }
    }

    private static func text(of attempt: JSON) -> String {
        var text = "\(word(attempt["provider"])) at \(word(attempt["host"])) (\(word(attempt["region"])))"
        text += attempt["address"].map { ", address \(word($0))" } ?? ", not connected"
        if let check = attempt["address_check"] {
            text += " (\(word(check["result"])): \(word(check["found"]))"
            text += (check["list"].map { ", by \(word($0))" } ?? "") + ")"
        }
        if let status = attempt["status"] { text += ", status \(word(status))" }
        if let failure = attempt["failure"] { text += ", failed: \(word(failure))" }
        for (member, meaning) in [
            ("evidence", "evidence"), ("processing_evidence", "evidence of processing"),
            ("refused_address", "refused address"), ("observed_region", "the provider names the region"),
            ("observed_geography", "the provider says it ran in"), ("upstream_request_id", "the provider's id"),
            ("certificate_sha256", "certificate sha256"),
        ] {
            if let value = attempt[member] { text += ", \(meaning) \(word(value))" }
        }
        for drift in attempt["drifts"]?.array ?? [] {
            text +=
                ", DRIFT of \(word(drift["kind"])): expected \(word(drift["expected"])), seen \(word(drift["seen"]))"
        }
        return text + "; \(word(attempt["sent_bytes"])) bytes sent, \(word(attempt["received_bytes"])) received."
    }

    private var money: String? {
        guard let usage = record["usage"] else { return nil }
        let estimated = usage["estimated"]?.bool == true ? ", by the gateway's estimate" : ""
        let charge = record["money"]?["charge_picodollars"].map { "; charge \(Self.word($0)) pico-dollars" } ?? ""
        let basis = record["money"]?["basis"].map { " (\(Self.word($0)))" } ?? ""
        return "Tokens: \(Self.word(usage["input_tokens"])) in, \(Self.word(usage["output_tokens"])) out\(estimated)"
            + "\(charge)\(basis)."
    }

    private var digests: String? {
        guard let digests = record["digests"] else { return nil }
        let response = digests["response"].map { ", response \(Self.word($0))" } ?? ""
        return "Digests under the organization's key \(Self.word(digests["key"])): request "
            + "\(Self.word(digests["request"]))\(response)."
    }

    private var nonce: String? { record["nonce"].map { "The caller's nonce: \(Self.word($0))" } }

    private func word(_ member: String) -> String { Self.word(record[member]) }

    /// A value in one word: as it is, if it is a string or a number.
    private static func word(_ value: JSON?) -> String {
        switch value {
        case .string(let text): printable(text)
        case .number(let digits): printable(digits)
        case .bool(let flag): "\(flag)"
        case .null: "null"
        case nil: "(not said)"
        case .array, .object: "(unreadable)"
        }
    }
}
