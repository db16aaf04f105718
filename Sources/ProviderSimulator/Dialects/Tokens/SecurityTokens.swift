import Wire

/// AWS's Security Token Service: the two ways to assume a role, by query requests and replies in XML.
struct SecurityTokens: Provider {
    func door(for call: Call) -> Door? {
        guard call.isPost, call.path == "/", call.headers["content-type"]?.hasPrefix(Self.mediaType) == true else {
            return nil
        }
        return Door(credential: .open, errors: SecurityTokenErrors(), purpose: .lookup(answer))
    }

    private static let mediaType = "application/x-www-form-urlencoded"

    private func answer(_ call: Call, _ simulation: Simulation) throws(Refusal) -> Reply {
        let form = FormFields(String(decoding: call.body, as: UTF8.self))
        guard form["Version"] == "2011-06-15" else { throw Self.refusal("InvalidAction", "Unknown version.") }
        let action = form["Action"] ?? ""
        switch action {
        case "AssumeRole":
            try Credential.signature(service: "sts").check(call, simulation)
            try checkExternalID(form, simulation)
        case "AssumeRoleWithWebIdentity":
            // Nobody signs it: whoever asks has no keys yet.
            guard call.headers["authorization"] == nil, simulation.isKey(form["WebIdentityToken"] ?? "") else {
                throw Self.refusal("InvalidIdentityToken", "The identity token is not the one expected.")
            }
        default: throw Self.refusal("InvalidAction", "Could not find operation \(action).")
        }
        try check(form)
        return Self.reply(to: action, simulation.tokens.issueKeys())
    }

    private func checkExternalID(_ form: FormFields, _ simulation: Simulation) throws(Refusal) {
        guard simulation.settings.externalID == nil || form["ExternalId"] == simulation.settings.externalID else {
            throw Self.refusal("AccessDenied", "Not authorized to perform: sts:AssumeRole", status: 403)
        }
    }

    private func check(_ form: FormFields) throws(Refusal) {
        guard let role = form["RoleArn"], role.hasPrefix("arn:aws"), role.contains(":role/") else {
            throw Self.refusal("ValidationError", "The role's ARN is missing or is none.")
        }
        guard let session = form["RoleSessionName"], isIdentifier(session, upTo: 64, besides: "_=,.@-"),
            session.utf8.count >= 2
        else { throw Self.refusal("ValidationError", "The session's name is missing or has what no name has.") }
        guard let duration = form["DurationSeconds"] else { return }
        guard let seconds = Int(duration), 900...43_200 ~= seconds else {
            throw Self.refusal("ValidationError", "The duration is not between 900 and 43200 seconds.")
        }
    }

    private static func refusal(_ name: String, _ message: String, status: Int = 400) -> Refusal {
        Refusal(status, .invalid, message, name: name)
    }

    private static func reply(to action: String, _ keys: TemporaryKeys) -> Reply {
        let text = """
            <\(action)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
              <\(action)Result>
                <AssumedRoleUser><AssumedRoleId>AROASIM:sim</AssumedRoleId><Arn>arn:aws:sts::1:sim</Arn></AssumedRoleUser>
                <Credentials>
                  <AccessKeyId>\(keys.id)</AccessKeyId>
                  <SecretAccessKey>\(keys.secret)</SecretAccessKey>
                  <SessionToken>\(keys.token)</SessionToken>
                  <Expiration>\(UTCTime(keys.expiry))</Expiration>
                </Credentials>
              </\(action)Result>
              <ResponseMetadata><RequestId>\(BedrockErrors.requestID(keys.id))</RequestId></ResponseMetadata>
            </\(action)Response>
            """
        return Reply(headers: ["content-type": "text/xml"], body: Array(text.utf8))
    }
}

private struct SecurityTokenErrors: ErrorDialect {
    func reply(to refusal: Refusal, id: String) -> Reply {
        let text = """
            <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
              <Error><Type>Sender</Type><Code>\(code(of: refusal))</Code><Message>\(refusal.message)</Message></Error>
              <RequestId>\(BedrockErrors.requestID(id))</RequestId>
            </ErrorResponse>
            """
        return Reply(status: refusal.status, headers: ["content-type": "text/xml"], body: Array(text.utf8))
    }

    /// What the checks of signatures name for Bedrock has other names here.
    private func code(of refusal: Refusal) -> String {
        switch refusal.name {
        case "MissingAuthenticationTokenException": "MissingAuthenticationToken"
        case "IncompleteSignatureException": "IncompleteSignature"
        case "UnrecognizedClientException": "InvalidClientTokenId"
        case "InvalidSignatureException": "SignatureDoesNotMatch"
        case "ExpiredTokenException": "ExpiredToken"
        case let name: name ?? "InternalFailure"
        }
    }
}
