public import Domain
public import Privacy
public import Wire

/// A recognizer of the operator's own, asked before anything leaves. What it finds is added to what the gateway finds.
public protocol RemoteRecognizer: Sendable {
    /// - Returns: for each text what was found in it.
    /// - Throws: anything; the request is refused then.
    func entities(in texts: [[UInt8]]) async throws -> [[Entity]]
}

/// What a remote recognizer has found in a request, text by text.
public struct RemoteFindings: Sendable {
    let entities: [[Entity]]

    /// None was asked.
    public static let none = RemoteFindings(entities: [])

    /// - Throws: `pii_protection_unavailable` where there is no answer, or one that is about other texts.
    public init(of texts: SubstitutionTexts, by recognizer: any RemoteRecognizer) async throws(GatewayError) {
        let found = try? await recognizer.entities(in: texts.texts)
        guard let found, found.count == texts.texts.count else { throw .recognizerUnavailable }
        entities = found
    }

    private init(entities: [[Entity]]) { self.entities = entities }
}

/// The texts of a request, in their order.
public struct SubstitutionTexts: Sendable {
    let texts: [[UInt8]]
}

extension SubstitutionTexts: Unprintable {}
