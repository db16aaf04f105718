import Domain
import Foundation
import Testing
import Wire

@testable import Providers

@Suite struct SigV4Tests {
    @Test func `the vectors are all there`() {
        #expect(SigV4Vector.all.count == 59)
    }

    /// In the order in which they are made: the first that differs shows the fault.
    @Test(arguments: SigV4Vector.all)
    func `every vector is signed as AWS's own SDK signs it`(_ vector: SigV4Vector) {
        let signer = vector.signer
        let body = vector.body.withUnsafeBytes { BodyHash(of: $0) }
        let canonical = signer.request.bytes(date: vector.date, token: vector.credentials.sessionToken, body: body)
        #expect(String(decoding: canonical, as: UTF8.self) == vector.canonicalRequest)
        let toSign = signer.stringToSign(of: canonical, date: vector.date)
        #expect(String(decoding: toSign, as: UTF8.self) == vector.stringToSign)
        let signature = signer.signature(of: body, with: vector.credentials, at: vector.time)
        #expect(signature.date == vector.date)
        #expect(signature.authorization.hasSuffix("Signature=\(vector.signature)"))
        #expect(signature.authorization == vector.authorization)
    }

    @Test func `the kept key is given up when the day or the credentials change`() throws {
        let vectors = ["date-boundary", "date-new-year", "second-key", "session-token", "date-boundary"]
        let keys = SigV4KeyCache()
        for name in vectors {
            let vector = try #require(SigV4Vector.all.first { $0.name == name })
            let body = vector.body.withUnsafeBytes { BodyHash(of: $0) }
            let signature = vector.signer(keys: keys).signature(of: body, with: vector.credentials, at: vector.time)
            #expect(signature.authorization == vector.authorization, "\(name)")
        }
    }
}

/// One entry of `Fixtures/sigv4-vectors.json`.
struct SigV4Vector: Sendable, CustomTestStringConvertible {
    let name: String
    let credentials: AWSCredentials
    let region: String
    let service: String
    let date: String
    let method: String
    let url: String
    let headers: [(name: String, value: String)]
    let body: [UInt8]
    let canonicalRequest: String
    let stringToSign: String
    let signature: String
    let authorization: String

    var testDescription: String { name }

    var signer: SigV4Signer { signer(keys: SigV4KeyCache()) }

    func signer(keys: SigV4KeyCache) -> SigV4Signer {
        let (host, target) = hostAndTarget
        return SigV4Signer(
            method: method, target: target, headers: headers + [("host", host)], region: region, service: service,
            keys: keys)
    }

    /// The `host` field has no port where it is the scheme's own.
    private var hostAndTarget: (String, String) {
        let rest = url.drop { $0 != "/" }.dropFirst(2)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let host = authority.lowercased().replacing(/:(443|80)$/, with: "")
        return (host, String(rest.dropFirst(authority.count)))
    }

    var time: Timestamp {
        let digits = date.filter(\.isNumber)
        func part(_ start: Int, _ count: Int) -> Int64 { Int64(digits.dropFirst(start).prefix(count)) ?? 0 }
        let day = "\(digits.prefix(4))-\(digits.dropFirst(4).prefix(2))-\(digits.dropFirst(6).prefix(2))"
        let days = CalendarDate(day)?.daysSince1970 ?? 0
        return Timestamp(seconds: days * 86_400 + part(8, 2) * 3_600 + part(10, 2) * 60 + part(12, 2))
    }

    static let all: [SigV4Vector] = {
        do {
            let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appending(path: "Fixtures/sigv4-vectors.json")
            let vectors = try JSON(parsing: Data(contentsOf: file))["vectors"]?.array ?? []
            return try vectors.map { try #require(SigV4Vector($0)) }
        } catch {
            Issue.record(error)
            return []
        }
    }()

    private init?(_ entry: JSON) {
        func text(_ value: JSON?, _ key: String) -> String { value?[key]?.string ?? "" }
        guard let body = Self.body(entry["request"]) else { return nil }
        self.body = body
        name = text(entry, "name")
        let keys = entry["credentials"]
        credentials = AWSCredentials(
            accessKeyID: text(keys, "access_key_id"), secretAccessKey: text(keys, "secret_access_key"),
            sessionToken: keys?["session_token"]?.string)
        region = text(entry, "region")
        service = text(entry, "service")
        date = text(entry, "timestamp")
        method = text(entry["request"], "method")
        url = text(entry["request"], "url")
        headers = (entry["request"]?["headers"]?.array ?? []).compactMap { $0.array?.compactMap(\.string) }
            .map { ($0[0], $0[1]) }
        canonicalRequest = text(entry["expect"], "canonical_request")
        stringToSign = text(entry["expect"], "string_to_sign")
        signature = text(entry["expect"], "signature")
        authorization = text(entry["expect"], "authorization")
    }

    private static func body(_ request: JSON?) -> [UInt8]? {
        if let base64 = request?["body_base64"]?.string { return Data(base64Encoded: base64).map { Array($0) } }
        guard let unit = request?["body_repeat"], let count = unit["count"]?.int, let hex = unit["unit_hex"]?.string,
            let number = UInt64(hex, radix: 16)
        else { return nil }
        let length = hex.count / 2
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * (length - 1 - $0))) }
        // By doubling: twenty million appends take a debug build seconds.
        var body = bytes
        body.reserveCapacity(count * length)
        while body.count * 2 <= count * length { body += body }
        return body + body.prefix(count * length - body.count)
    }
}
