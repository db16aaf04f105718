/// What the fields of a request say that decides how it is read.
struct HTTP1RequestFacts {
    private(set) var framing = HTTP1FramingFields()
    private(set) var host: HTTP1Place?
    private(set) var expectsContinue = false
    private(set) var authorizations = 0
    private(set) var apiKeys = 0

    /// Looks at any field.
    @inline(__always)
    mutating func take(_ field: HTTP1Field, of head: UnsafeRawBufferPointer) throws(HTTP1Failure) {
        let name = head[rebasing: field.name]
        switch name.count {
        case 4 where name.equals(lowercase: "host"): try takeHost(field.value, of: head)
        case 6 where name.equals(lowercase: "expect"):
            expectsContinue = head[rebasing: field.value].equals(lowercase: "100-continue")
        case 9 where name.equals(lowercase: "x-api-key"): apiKeys += 1
        case 13 where name.equals(lowercase: "authorization"): authorizations += 1
        default: try framing.take(field, of: head)
        }
    }

    /// RFC 9112, section 3.2.
    private mutating func takeHost(_ value: Range<Int>, of head: UnsafeRawBufferPointer) throws(HTTP1Failure) {
        guard host == nil else { throw .twoHosts }
        guard head.isHost(value) else { throw .hostValue }
        host = HTTP1Place(value)
    }
}
