import Domain

/// Where Bedrock runs a model that is called through an endpoint: the id says so.
///
/// Amazon Bedrock User Guide, "Supported Regions and models for inference profiles": the first part of a profile's id is
/// the geography that it may choose a region in, whichever region was called.
enum BedrockResidency {
    static func finding(for site: RouteSite) -> ResidencyFinding {
        ResidencyFinding(
            jurisdiction: CloudRegions.aws.jurisdiction(of: site.region), hostRegion: hostRegion(of: site.endpoint),
            processing: processing(of: site.upstreamModel, in: site.region), addresses: .regional(.aws))
    }

    /// Of the forms under "Amazon Bedrock endpoints and quotas", FIPS, dual stack and PrivateLink among them.
    private static func hostRegion(of endpoint: Endpoint) -> String? {
        for prefix in ["bedrock-runtime.", "bedrock-runtime-fips."] {
            for suffix in [".amazonaws.com", ".api.aws"] {
                guard let part = endpoint.hostPart(between: prefix, and: suffix) else { continue }
                return part
            }
        }
        guard let part = endpoint.hostPart(between: "vpce-", and: ".vpce.amazonaws.com") else { return nil }
        return part.split(separator: ".").last.map(String.init)
    }

    private static func processing(of model: String, in region: String) -> ResidencyFinding.Processing? {
        guard model.hasPrefix("arn:") else { return processing(ofID: model, in: region) }
        // arn:aws:bedrock:REGION:ACCOUNT:KIND/ID
        let parts = model.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        let resource = parts.count == 6 ? parts[5].split(separator: "/", maxSplits: 1) : []
        guard resource.count == 2 else { return unknown("'\(model)' is no ARN of a model") }
        switch resource[0] {
        case "inference-profile": return processing(ofID: String(resource[1]), in: region)
        case "foundation-model", "provisioned-model", "custom-model", "imported-model", "custom-model-deployment":
            return inRegion(parts[3].isEmpty ? region : String(parts[3]))
        default: return unknown("the ARN of an '\(resource[0])' doesn't say which model it leads to")
        }
    }

    private static func processing(ofID id: String, in region: String) -> ResidencyFinding.Processing? {
        let prefix = id.split(separator: ".", maxSplits: 1).first.map(String.init) ?? id
        let profile = "the inference profile '\(prefix).' may choose any region"
        switch prefix {
        case "global": return .init(.anywhere, since: "\(profile) that has the model")
        case "us":
            return .init(CloudRegions.aws.jurisdictions(ofRegionsBeginning: "us-"), since: "\(profile) of the US")
        case "us-gov":
            return .init(CloudRegions.aws.jurisdictions(ofRegionsBeginning: "us-gov-"), since: "\(profile) of GovCloud")
        case "eu":
            return .init(CloudRegions.aws.jurisdictions(ofRegionsBeginning: "eu-"), since: "\(profile) of Europe")
        case "apac":
            return .init(
                CloudRegions.aws.jurisdictions(ofRegionsBeginning: "ap-"), since: "\(profile) of Asia and the Pacific")
        case "au": return .init(country("AU"), since: "\(profile) of Australia")
        case "jp": return .init(country("JP"), since: "\(profile) of Japan")
        case "ca" where id == "ca.amazon.nova-lite-v1:0": return .init(country("CA"), since: "\(profile) of Canada")
        case _ where modelMakers.contains(prefix): return inRegion(region)
        default: return unknown("nothing is known of an inference profile '\(prefix).' for this model")
        }
    }

    /// An id that begins with who made the model is no profile: it runs where it is called.
    private static func inRegion(_ region: String) -> ResidencyFinding.Processing? {
        CloudRegions.aws.jurisdiction(of: region).map {
            .init(JurisdictionSet([$0]), since: "a model that is called without an inference profile runs in \(region)")
        }
    }

    private static func unknown(_ reason: String) -> ResidencyFinding.Processing { .init(.anywhere, since: reason) }

    private static func country(_ code: String) -> JurisdictionSet {
        JurisdictionSet([Jurisdiction(code) ?? .anywhere])
    }

    private static let modelMakers: Set<String> = [
        "ai21", "amazon", "anthropic", "cohere", "deepseek", "google", "luma", "meta", "minimax", "mistral", "moonshot",
        "moonshotai", "nvidia", "openai", "qwen", "stability", "twelvelabs", "writer", "zai",
    ]
}
