import Domain
import HummingbirdCore

extension Request {
    /// The query's parameters, each of them once.
    func parameters() throws(AdminError) -> [(name: Substring, value: Substring)] {
        var seen: Set<Substring> = []
        var parameters: [(name: Substring, value: Substring)] = []
        for (name, value) in uri.queryParameters {
            guard seen.insert(name).inserted else { throw .gateway(.repeatedParameter(String(name))) }
            parameters.append((name, value))
        }
        return parameters
    }
}

/// `?limit=`: how much a page of a list may hold.
enum PageLimit {
    static let usual = 100
    private static let limits = 1...1_000

    static func read(_ text: Substring) throws(AdminError) -> Int {
        let isNumber = text.utf8.allSatisfy { 0x30...0x39 ~= $0 }
        guard isNumber, let number = Int(text), limits.contains(number) else {
            throw .gateway(
                .invalidValue(
                    "limit", "'limit' must be a number from \(limits.lowerBound) to \(limits.upperBound)."))
        }
        return number
    }
}
