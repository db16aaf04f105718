#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension String {
    /// Whether another text has the same bytes.
    ///
    /// `==` also takes for equal what Unicode calls canonically equivalent, such as a K and the Kelvin sign: nobody may be
    /// let in, or reach a route, by another spelling.
    package func hasSameBytes(as other: String) -> Bool {
        let count = utf8.count
        guard count == other.utf8.count else { return false }
        let isSame = utf8.withContiguousStorageIfAvailable { mine in
            other.utf8.withContiguousStorageIfAvailable { theirs in
                guard let mine = mine.baseAddress, let theirs = theirs.baseAddress else { return true }
                return memcmp(mine, theirs, count) == 0
            }
        }
        return (isSame ?? nil) ?? utf8.elementsEqual(other.utf8)
    }
}

extension Dictionary where Key == String {
    /// The value of a key that has the same bytes.
    package subscript(exactly key: String) -> Value? {
        guard let index = index(forKey: key), self[index].key.hasSameBytes(as: key) else { return nil }
        return self[index].value
    }
}

extension Set<String> {
    /// Whether there is a member that has the same bytes.
    package func contains(exactly member: String) -> Bool {
        guard let index = firstIndex(of: member) else { return false }
        return self[index].hasSameBytes(as: member)
    }
}
