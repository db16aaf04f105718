import Wire

/// Where Google's access tokens come from: the grant for service accounts, and the metadata server.
struct GoogleTokens: Provider {
    func door(for call: Call) -> Door? {
        if call.isPost, call.path == "/token" {
            return Door(credential: .open, errors: TokenErrors(), purpose: .lookup(grant))
        }
        let metadata = "/computeMetadata/v1/instance/service-accounts/default/token"
        guard call.isGet, call.path == metadata else { return nil }
        return Door(credential: .open, errors: TokenErrors(), purpose: .lookup(metadataToken))
    }

    private func grant(_ call: Call, _ simulation: Simulation) throws(Refusal) -> Reply {
        let form = FormFields(String(decoding: call.body, as: UTF8.self))
        guard form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer" else {
            throw Refusal(400, .invalid, "Unknown grant type.", name: "unsupported_grant_type")
        }
        if let fault = simulation.tokens.fault(inAssertion: form["assertion"] ?? "") {
            throw Refusal(400, .badCredential, fault, name: "invalid_grant")
        }
        return token(simulation)
    }

    private func metadataToken(_ call: Call, _ simulation: Simulation) throws(Refusal) -> Reply {
        guard call.headers["metadata-flavor"] == "Google" else {
            throw Refusal(403, .badCredential, "Missing required header: Metadata-Flavor", name: "forbidden")
        }
        var reply = token(simulation)
        reply.headers.add("metadata-flavor", "Google")
        return reply
    }

    private func token(_ simulation: Simulation) -> Reply {
        .json([
            "access_token": .string(simulation.tokens.issue(for: .google)),
            "expires_in": JSON(simulation.tokens.lifetime),
            "token_type": "Bearer",
        ])
    }
}

/// Where Microsoft's access tokens come from: client credentials, and managed identities.
struct EntraTokens: Provider {
    func door(for call: Call) -> Door? {
        if call.isPost, call.segment(after: "/", before: "/oauth2/v2.0/token")?.contains("/") == false {
            return Door(credential: .open, errors: TokenErrors(), purpose: .lookup(clientCredentials))
        }
        guard call.isGet, call.path == "/metadata/identity/oauth2/token" else { return nil }
        return Door(credential: .open, errors: TokenErrors(), purpose: .lookup(managedIdentity))
    }

    private func clientCredentials(_ call: Call, _ simulation: Simulation) throws(Refusal) -> Reply {
        let form = FormFields(String(decoding: call.body, as: UTF8.self))
        guard form["grant_type"] == "client_credentials" else {
            throw Refusal(
                400, .invalid, "AADSTS70003: The grant type is not supported.", name: "unsupported_grant_type")
        }
        guard form["scope"]?.hasSuffix("/.default") == true else {
            throw Refusal(400, .invalid, "AADSTS70011: The scope is not valid.", name: "invalid_scope")
        }
        // No applications are registered here, so any secret will do that doesn't say of itself that it won't.
        let proof = form["client_secret"] ?? form["client_assertion"] ?? ""
        guard form["client_id"]?.isEmpty == false, !proof.isEmpty, !proof.hasPrefix("expired") else {
            throw Refusal(401, .badCredential, "AADSTS7000215: Invalid client secret provided.", name: "invalid_client")
        }
        return .json([
            "token_type": "Bearer",
            "expires_in": JSON(simulation.tokens.lifetime),
            "ext_expires_in": JSON(simulation.tokens.lifetime),
            "access_token": .string(simulation.tokens.issue(for: .entra)),
        ])
    }

    private func managedIdentity(_ call: Call, _ simulation: Simulation) throws(Refusal) -> Reply {
        guard call.headers["metadata"] == "true", call.parameter("api-version") == "2018-02-01",
            let resource = call.parameter("resource"), resource.hasPrefix("https://")
        else {
            throw Refusal(400, .invalid, "The header Metadata or a parameter is missing.", name: "invalid_request")
        }
        // Here, and only here, the number is written as a string.
        return .json([
            "access_token": .string(simulation.tokens.issue(for: .entra)),
            "expires_in": .string(String(simulation.tokens.lifetime)),
            "resource": .string(resource),
            "token_type": "Bearer",
        ])
    }
}

/// Errors as RFC 6749 has them, section 5.2.
struct TokenErrors: ErrorDialect {
    func reply(to refusal: Refusal, id: String) -> Reply {
        let error = refusal.name ?? "invalid_request"
        return .json(
            ["error": .string(error), "error_description": .string(refusal.message), "correlation_id": .string(id)],
            status: refusal.status)
    }
}
