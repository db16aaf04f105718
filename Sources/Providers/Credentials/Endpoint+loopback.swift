package import Domain

extension Endpoint {
    /// Whether it is the machine itself, which may be asked without TLS: nobody can read along on the way.
    package var isOnThisMachine: Bool {
        if ["localhost", "::1"].contains(host.lowercased()) { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return numbers.count == 4 && numbers[0] == 127 && !numbers.contains(nil)
    }
}
