/// One entry of LiteLLM's `model_list`, whose members are taken out one by one, so that what is left is known.
struct LiteLLMEntry {
    /// As notes name it, such as `model_list[0]`.
    let subject: String
    let line: Int
    let name: SourceMember?
    private(set) var parameters: [SourceMember]
    private(set) var information: [SourceMember]
    let strangers: [SourceMember]

    /// - Parameter credentials: those of `credential_list`, by name: an entry may name one.
    init(_ members: [SourceMember], _ subject: String, line: Int, credentials: [String: [SourceMember]]) {
        self.subject = subject
        self.line = line
        name = members.first { $0.name == "model_name" }
        parameters = members.first { $0.name == "litellm_params" }?.node.members ?? []
        information = members.first { $0.name == "model_info" }?.node.members ?? []
        strangers = members.filter { !["model_name", "litellm_params", "model_info"].contains($0.name) }
        guard let named = parameters.first(where: { $0.name == "litellm_credential_name" })?.text,
            let values = credentials[named]
        else { return }
        parameters.removeAll { $0.name == "litellm_credential_name" }
        let own = Set(parameters.map(\.name))
        parameters += values.filter { !own.contains($0.name) }
    }

    mutating func parameter(_ name: String) -> SourceMember? { Self.take(name, from: &parameters) }
    mutating func fact(_ name: String) -> SourceMember? { Self.take(name, from: &information) }

    private static func take(_ name: String, from members: inout [SourceMember]) -> SourceMember? {
        guard let place = members.firstIndex(where: { $0.name == name }) else { return nil }
        let member = members.remove(at: place)
        return member.text == nil ? nil : member
    }
}
