import Wire

/// What the control plane says about an inference profile: which regions may run it.
enum InferenceProfile {
    private static let account = "111122223333"
    private static let unitedStates = ["ca-central-1", "us-east-1", "us-east-2", "us-west-2"]

    /// - Parameter name: an identifier or an ARN.
    static func reply(for name: String) throws(Refusal) -> Reply {
        let id = name.split(separator: "/").last.map(String.init) ?? name
        if name.hasPrefix("arn:"), name.contains(":application-inference-profile/") {
            // What is behind an application's profile shows only here: its identifier says nothing.
            let source = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
            return .json(profile(id, arn: name, type: "APPLICATION", model: bare(source), regions: unitedStates))
        }
        guard !name.hasPrefix("arn:") || name.contains(":inference-profile/"), let regions = regions(of: id) else {
            throw Refusal(404, .unknownModel, "The inference profile was not found.")
        }
        let arn = "arn:aws:bedrock:ca-central-1:\(account):inference-profile/\(id)"
        return .json(profile(id, arn: arn, type: "SYSTEM_DEFINED", model: bare(id), regions: regions))
    }

    /// An empty region stands for all of them.
    private static func regions(of id: String) -> [String]? {
        if id == "ca.amazon.nova-lite-v1:0" { return ["ca-central-1", "ca-west-1"] }
        if id.hasPrefix("us.") { return unitedStates }
        if id.hasPrefix("global.") { return ["ca-central-1", ""] }
        return nil
    }

    /// What runs behind an identifier that may be a profile's.
    static func foundationModel(of id: String) -> String { regions(of: id) == nil ? id : bare(id) }

    /// The model's own identifier, without the geography before it.
    private static func bare(_ id: String) -> String {
        id.split(separator: ".", maxSplits: 1).last.map(String.init) ?? id
    }

    private static func profile(_ id: String, arn: String, type: String, model: String, regions: [String]) -> JSON {
        [
            "inferenceProfileName": .string(id), "inferenceProfileArn": .string(arn), "inferenceProfileId": .string(id),
            "status": "ACTIVE", "type": .string(type), "createdAt": "2025-01-01T00:00:00Z",
            "updatedAt": "2025-01-01T00:00:00Z",
            "models": .array(
                regions.map { ["modelArn": .string("arn:aws:bedrock:\($0)::foundation-model/\(model)")] }),
        ]
    }
}
