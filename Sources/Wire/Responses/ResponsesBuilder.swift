/// Gathers events into the one object of a response that isn't streamed.
public struct ResponsesBuilder {
    private let object: ResponsesObject
    private var output: ResponsesOutput

    public init(_ identity: ResponsesReplyIdentity) {
        object = ResponsesObject(identity)
        output = ResponsesOutput(responseID: identity.id)
    }

    public var usage: ChatUsage? { output.usage }

    public mutating func add(_ event: ChatEvent) { output.add(event) }

    public func write(to bytes: inout [UInt8]) {
        object.write(output.status, output: { output.write(to: &$0) }, usage: output.usage, to: &bytes)
    }
}
