import Wire

/// The metadata service of a machine at AWS, in its second version: a token first, then the role, then its keys.
struct InstanceMetadata: Provider {
    private static let roles = "/latest/meta-data/iam/security-credentials/"
    private static let role = "simulated-role"

    func door(for call: Call) -> Door? {
        guard let answer = answer(to: call) else { return nil }
        return Door(credential: .open, errors: TokenErrors(), purpose: .lookup(answer))
    }

    private func answer(to call: Call) -> (@Sendable (Call, Simulation) throws(Refusal) -> Reply)? {
        if call.isPut, call.path == "/latest/api/token" { return token }
        guard call.isGet, call.path.hasPrefix(Self.roles) else { return nil }
        return call.path == Self.roles ? roleName : keys
    }

    private func token(_ call: Call, _ simulation: Simulation) throws(Refusal) -> Reply {
        let life = call.headers["x-aws-ec2-metadata-token-ttl-seconds"].flatMap { Int($0) }
        // Requests that a proxy has passed on get none.
        guard let life, 1...21_600 ~= life, call.headers["x-forwarded-for"] == nil else {
            throw Refusal(400, .invalid, "The life of the token is missing or out of range.")
        }
        return .text(simulation.tokens.issue(for: .instance))
    }

    private func roleName(_ call: Call, _ simulation: Simulation) throws(Refusal) -> Reply {
        try checkToken(call, simulation)
        return .text(Self.role)
    }

    private func keys(_ call: Call, _ simulation: Simulation) throws(Refusal) -> Reply {
        try checkToken(call, simulation)
        guard call.path == Self.roles + Self.role else { throw Refusal(404, .unknownPath, "No such role.") }
        let keys = simulation.tokens.issueKeys()
        return .json([
            "Code": "Success", "LastUpdated": .string("\(UTCTime(simulation.settings.now()))"), "Type": "AWS-HMAC",
            "AccessKeyId": .string(keys.id), "SecretAccessKey": .string(keys.secret), "Token": .string(keys.token),
            "Expiration": .string("\(UTCTime(keys.expiry))"),
        ])
    }

    private func checkToken(_ call: Call, _ simulation: Simulation) throws(Refusal) {
        let token = call.headers["x-aws-ec2-metadata-token"] ?? ""
        guard simulation.tokens.isValid(token, for: .instance) else {
            throw Refusal(401, .badCredential, "The token is missing or is none of this service's.")
        }
    }
}

/// The service that gives a container its keys: on ECS at a path of its own, on EKS for a token out of a file.
struct ContainerCredentials: Provider {
    func door(for call: Call) -> Door? {
        guard call.isGet, call.path.hasPrefix("/v2/credentials/") || call.path == "/v1/credentials" else { return nil }
        return Door(credential: .open, errors: ContainerErrors(), purpose: .lookup(keys))
    }

    private func keys(_ call: Call, _ simulation: Simulation) throws(Refusal) -> Reply {
        guard simulation.isKey(call.headers["authorization"] ?? "") else {
            throw Refusal(401, .badCredential, "The authorization is not the one expected.", name: "AccessDenied")
        }
        let keys = simulation.tokens.issueKeys()
        return .json([
            "RoleArn": "arn:aws:iam::111122223333:role/simulated-role", "AccessKeyId": .string(keys.id),
            "SecretAccessKey": .string(keys.secret), "Token": .string(keys.token),
            "Expiration": .string("\(UTCTime(keys.expiry))"),
        ])
    }
}

private struct ContainerErrors: ErrorDialect {
    func reply(to refusal: Refusal, id: String) -> Reply {
        .json(
            ["code": .string(refusal.name ?? "Error"), "message": .string(refusal.message)], status: refusal.status)
    }
}

extension Reply {
    fileprivate static func text(_ text: String) -> Reply {
        Reply(headers: ["content-type": "text/plain"], body: Array(text.utf8))
    }
}
