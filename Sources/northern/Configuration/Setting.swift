/// One thing that can be configured: a line of the configuration file, an environment variable, or a flag.
///
/// The reference page is written from these, and the configuration is read by them, so the two can't differ.
struct Setting: Sendable {
    /// Where it stands in the YAML file: `listen.port` is `port` under `listen`.
    let key: String
    let purpose: String
    /// As it is written in the file; nil: there is none.
    let fallback: String?
    /// What 0 or an empty value means, where that isn't plain.
    let zero: String?
    /// Never printed.
    let isSecret: Bool

    init(_ key: String, _ purpose: String, default fallback: String? = nil, zero: String? = nil, isSecret: Bool = false)
    {
        self.key = key
        self.purpose = purpose
        self.fallback = fallback
        self.zero = zero
        self.isSecret = isSecret
    }

    /// `NORTHERN_LISTEN_PORT` for `listen.port`.
    var environmentVariable: String {
        "NORTHERN_" + key.uppercased().replacing(".", with: "_")
    }
}

/// Every setting there is.
enum Settings {
    static let dataDirectory = Setting(
        "data_directory", "Where keys, records and the custody journal are kept.", default: "./data")

    static let storeURL = Setting(
        "store.url",
        "A PostgreSQL database in place of the file in the data directory, such as "
            + "postgres://user@host/northern?sslmode=verify-full. A password stands in it, in PGPASSWORD or in the file "
            + "that PGPASSFILE names.", zero: "SQLite, in the data directory", isSecret: true)

    static let host = Setting("listen.host", "The address that callers connect to.", default: "127.0.0.1")
    static let port = Setting(
        "listen.port", "The port that callers connect to.", default: "8080", zero: "any port that is free")
    static let bodyLimit = Setting(
        "listen.max_body_bytes", "Bytes that the body of a request may have. A larger one is answered with 413.",
        default: "67108864")
    static let proxies = Setting(
        "listen.trusted_proxies",
        "Networks of the proxies in front, such as 10.0.0.0/8: what their 'X-Forwarded-For' says of a caller's address "
            + "is believed. A list.")
    static let loops = Setting(
        "listen.event_loops", "How many event loops serve callers.", default: "0", zero: "one for each core")

    static let adminHost = Setting(
        "admin.host", "The address of the admin listener: health, metrics, admin API.", default: "127.0.0.1")
    static let adminPort = Setting(
        "admin.port", "The port of the admin listener.", default: "8081", zero: "any port that is free")
    static let adminToken = Setting(
        "admin.token", "The bearer token of the admin API. Without one the admin API refuses everything.",
        isSecret: true)

    static let jurisdiction = Setting(
        "gateway.jurisdiction", "Where this gateway stands: an ISO 3166-1 code. It begins every custody path.",
        default: "CA")
    static let logLevel = Setting(
        "log.level", "What is logged at least: trace, debug, info, notice, warning, error or critical.",
        default: "notice")
    static let logFormat = Setting(
        "log.format", "How a line of the log is written: text, or json (one object a line).", default: "text")

    static let catalogFile = Setting("catalog.file", "A file with routes of your own, beside the built-in ones.")
    static let usesBuiltInCatalog = Setting(
        "catalog.builtin", "Whether the built-in routes are offered.", default: "true")

    static let journalLimit = Setting(
        "custody.journal_limit_bytes",
        "How much the custody journal may hold while the store is away. Beyond it, requests are refused.",
        default: "1073741824")

    static let logOrigin = Setting(
        "custody.log_origin",
        "The name of the custody log, which signs its checkpoints: a URL without its scheme, such as "
            + "gateway.example.org/log. It can't be changed once a checkpoint was published. One is made up unless set."
    )
    static let retentionDays = Setting(
        "custody.retention_days",
        "After how many days closed records are deleted, where 'northern custody retention' says nothing else for an "
            + "organization.", default: "0", zero: "they are kept for ever")
    static let witnesses = Setting(
        "custody.witnesses",
        "Who else is asked to sign each checkpoint of the custody log (C2SP tlog-witness), with commas or spaces between "
            + "them: a witness's verifier key, an at sign, and the https URL under which it takes checkpoints. Nothing "
            + "waits for their answers.")
    static let contentDigests = Setting(
        "custody.content_digests",
        "Whether records have keyed digests of what was asked and answered, so that whoever has the text and the key can "
            + "show that it was this one. They cost up to a millisecond of CPU for each MiB.", default: "true")

    static let substitution = Setting(
        "pii.substitution",
        "Whether stand-ins take the place of personal information where neither the caller nor the key says: off, on or "
            + "required (what can't be looked through is refused).", default: "off")
    static let allowedTexts = Setting(
        "pii.allowed",
        "Names, places and other texts that are never replaced: a list, or one text with semicolons between them.")
    static let recognizerURL = Setting(
        "pii.recognizer_url",
        "A recognizer of your own that is asked about personal information too, over Presidio's analyzer API. It sees each "
            + "protected prompt, and nothing is sent without its answer.")
    static let recognizerLanguage = Setting(
        "pii.recognizer_language", "The language that it is asked for, as it names it.", default: "en")
    static let recognizerTimeout = Setting(
        "pii.recognizer_timeout_seconds", "How long it may take to answer.", default: "10")

    static let egressMode = Setting(
        "egress.mode",
        "What is done about an endpoint with another address than its region's: off (nothing is looked at), observe (it "
            + "goes on record) or enforce (nothing is sent there). Routes and keys may be stricter.", default: "observe"
    )

    static let awsAddresses = Setting(
        "egress.aws_addresses",
        "AWS's list of its addresses: https://ip-ranges.amazonaws.com/ip-ranges.json, or a file with its content.")
    static let azureAddresses = Setting(
        "egress.azure_addresses",
        "Azure's list of its addresses: a file ServiceTags_Public_*.json, or an https URL that always has the newest.")
    static let googleAddresses = Setting(
        "egress.google_addresses",
        "Google's list of its customers' addresses: https://www.gstatic.com/ipranges/cloud.json, or a file with its "
            + "content.")
    static let oracleAddresses = Setting(
        "egress.oracle_addresses",
        "Oracle's list of its addresses: https://docs.oracle.com/en-us/iaas/tools/public_ip_ranges.json, or a file with "
            + "its content.")
    static let addressAge = Setting(
        "egress.most_days",
        "After how many days since it was published, or saved where it doesn't say, a list of addresses isn't gone by any "
            + "more.",
        default: "14")
    static let acceptsLosses = Setting(
        "egress.accept_losses",
        "Whether a list of addresses is taken that has lost more than a fifth of a region's. Else it is held back until "
            + "somebody has looked.", default: "false")

    static let publicURL = Setting(
        "portal.public_url",
        "Where callers and people reach the gateway, without '/v1', as pages and links show it.",
        zero: "the address that a visitor used")
    static let issuer = Setting(
        "sign_on.issuer",
        "An identity provider that people sign in with (OpenID Connect): its issuer, an https URL. Its addresses and keys "
            + "are found from there.")
    static let signOnName = Setting(
        "sign_on.name", "What the identity provider is called on the page where people sign in.",
        default: "single sign-on")
    static let clientID = Setting("sign_on.client_id", "What the identity provider calls this gateway.")
    static let clientSecret = Setting(
        "sign_on.client_secret", "The secret that goes with it.", zero: "a public client: none is sent",
        isSecret: true)
    static let scopes = Setting(
        "sign_on.scopes", "What the identity provider is asked for.", default: "openid email profile")
    static let groupsClaim = Setting(
        "sign_on.groups_claim", "The claim of the ID token that has somebody's groups.", default: "groups")
    static let trustsEmail = Setting(
        "sign_on.trust_email",
        "Whether an e-mail address counts that the identity provider doesn't say it has verified: only where nobody can "
            + "enter one there that isn't theirs.", default: "false")
    static let groupRoles = Setting(
        "sign_on.roles",
        "Which role a group has, such as 'gateway-admins=admin': a list, or one text with semicolons between them. It is "
            + "held as long as the group is.", zero: "people are invited, and keep the role that they were given")
    static let signOnOrganization = Setting(
        "sign_on.organization", "The organization that these roles are held in, by its id.", default: "org_default")

    static let all: [Setting] =
        [
            dataDirectory, storeURL, host, port, bodyLimit, proxies, loops, adminHost, adminPort, adminToken,
            jurisdiction,
            logLevel, logFormat,
            catalogFile, usesBuiltInCatalog, journalLimit, logOrigin, witnesses, retentionDays, contentDigests,
            substitution, allowedTexts, recognizerURL, recognizerLanguage, recognizerTimeout,
            egressMode, awsAddresses, azureAddresses, googleAddresses, oracleAddresses, addressAge,
            acceptsLosses,
            publicURL, issuer, signOnName, clientID, clientSecret, scopes, groupsClaim, trustsEmail,
            groupRoles, signOnOrganization,
        ] + ImageSetting.all + ListenSetting.all + TelemetrySetting.all + CredentialSetting.all + UpstreamSetting.all
        + ProviderSetting.all
}

/// What is configured for a provider.
enum ProviderSetting {
    static let bedrockBaseURL = Setting(
        "bedrock.base_url", "Where Bedrock is reached, in place of AWS's own endpoint of a route's region.")
    static let bedrockAccessKeyID = Setting(
        "bedrock.access_key_id", "The access key id that requests are signed with; AWS_ACCESS_KEY_ID is read too.")
    static let bedrockSecretAccessKey = Setting(
        "bedrock.secret_access_key", "The secret that goes with it; AWS_SECRET_ACCESS_KEY is read too.", isSecret: true)
    static let bedrockSessionToken = Setting(
        "bedrock.session_token", "The token of temporary credentials; AWS_SESSION_TOKEN is read too.", isSecret: true)
    static let bedrockBearerKey = Setting(
        "bedrock.bearer_key", "A Bedrock API key, in place of a signature; AWS_BEARER_TOKEN_BEDROCK is read too.",
        isSecret: true)
    static let bedrockCredentialSource = Setting(
        "bedrock.credential_source",
        "Where the credential comes from: 'auto' (the first that is set up of bearer key, keys, web identity, profile "
            + "and container), or one of bearer_key, keys, web_identity, profile, container and instance.",
        default: "auto")
    static let bedrockProfile = Setting(
        "bedrock.profile", "A profile of AWS's shared files; AWS_PROFILE is read too.")
    static let bedrockRoleARN = Setting(
        "bedrock.role_arn", "A role that is assumed with the keys that were found, for requests to Bedrock.")
    static let bedrockRoleExternalID = Setting(
        "bedrock.role_external_id", "What the owner of that role wants to hear from whoever assumes it.",
        isSecret: true)
    static let bedrockRoleSessionName = Setting(
        "bedrock.role_session_name", "The name of the session in AWS's logs, for that role or a web identity's.",
        zero: "northern")
    static let bedrockTokenRegion = Setting(
        "bedrock.token_region",
        "The region whose token service (STS) is asked for roles; AWS_REGION and AWS_DEFAULT_REGION are read too.",
        zero: "the profile's, or else ca-central-1")
    static let bedrockTokenURL = Setting(
        "bedrock.token_url", "Where the token service is, in place of AWS's own; AWS_ENDPOINT_URL_STS is read too.")
    static let bedrockMetadataURL = Setting(
        "bedrock.metadata_url",
        "Where the machine's metadata service is, in place of http://169.254.169.254; "
            + "AWS_EC2_METADATA_SERVICE_ENDPOINT is read too.")
    static let bedrockBeta = Setting(
        "bedrock.anthropic_beta", "Features in trial of Claude on Bedrock, with commas between them.")

    static let vertexBaseURL = Setting(
        "vertex.base_url", "Where Vertex AI is reached, in place of Google's own endpoint of a route's location.")
    static let vertexProject = Setting(
        "vertex.project",
        "The Google Cloud project; GOOGLE_CLOUD_PROJECT is read too. The credentials file's own where none is set.")
    static let vertexCredentialsFile = Setting(
        "vertex.credentials_file",
        "The key file of a service account; GOOGLE_APPLICATION_CREDENTIALS is read too.")
    static let vertexTokenURL = Setting(
        "vertex.token_url", "Where access tokens are asked for, in place of the credentials file's 'token_uri'.")
    static let vertexAccessToken = Setting(
        "vertex.access_token", "A fixed access token, in place of a credentials file.", isSecret: true)
    static let vertexCredentialSource = Setting(
        "vertex.credential_source",
        "Where the credential comes from: 'auto' (the access token, or else the credentials file), or one of "
            + "access_token, credentials_file and metadata.",
        default: "auto")
    static let vertexMetadataHost = Setting(
        "vertex.metadata_host",
        "Where the machine's metadata server is, in place of metadata.google.internal; GCE_METADATA_HOST is read too.")
    static let vertexBeta = Setting(
        "vertex.anthropic_beta", "Features in trial of Claude on Vertex AI, with commas between them.")

    static let openaiBaseURL = Setting(
        "openai.base_url", "Where OpenAI is reached, '/v1' included.")
    static let openaiKey = Setting("openai.api_key", "OpenAI's API key.", isSecret: true)

    static let azureBaseURL = Setting(
        "azure.base_url", "The Azure OpenAI resource: https://RESOURCE.openai.azure.com.")
    static let azureKey = Setting("azure.api_key", "The resource's key.", isSecret: true)
    static let azureCredentialSource = Setting(
        "azure.credential_source",
        "Where the credential comes from: 'auto' (the key, or else Entra), or one of api_key, entra and "
            + "managed_identity.",
        default: "auto")
    static let azureTenantID = Setting(
        "azure.tenant_id", "The tenant of Entra ID that the application belongs to; AZURE_TENANT_ID is read too.")
    static let azureClientID = Setting(
        "azure.client_id",
        "The application's id, or that of a managed identity where a machine has several; AZURE_CLIENT_ID is read too.")
    static let azureClientSecret = Setting(
        "azure.client_secret", "The application's secret; AZURE_CLIENT_SECRET is read too.", isSecret: true)
    static let azureTokenFile = Setting(
        "azure.federated_token_file",
        "A file with a token that Entra trusts, in place of a secret; AZURE_FEDERATED_TOKEN_FILE is read too.")
    static let azureTokenURL = Setting(
        "azure.token_url",
        "Where Entra is, in place of https://login.microsoftonline.com; AZURE_AUTHORITY_HOST is read too.")
    static let azureScope = Setting(
        "azure.scope", "What Entra's tokens are for; a resource of Foundry has https://ai.azure.com/.default.",
        default: "https://cognitiveservices.azure.com/.default")
    static let azureMetadataURL = Setting(
        "azure.metadata_url",
        "Where the machine's metadata service is, in place of http://169.254.169.254; "
            + "AZURE_POD_IDENTITY_AUTHORITY_HOST is read too.")
    static let azureVersion = Setting(
        "azure.api_version",
        "A version of Azure's API, such as 2024-10-21, for paths that name the deployment; 'preview' for previews.",
        zero: "the v1 paths are used")

    static let anthropicBaseURL = Setting(
        "anthropic.base_url", "Where Anthropic is reached, without '/v1'; a Foundry resource has this wire too.")
    static let anthropicKey = Setting("anthropic.api_key", "Anthropic's API key.", isSecret: true)
    static let anthropicBeta = Setting(
        "anthropic.anthropic_beta",
        "Features in trial, with commas between them, for the header field of that name: each request has them, beside "
            + "those that its caller asks for.")

    static let cohereBaseURL = Setting("cohere.base_url", "Where Cohere is reached, without '/v2'.")
    static let cohereKey = Setting("cohere.api_key", "Cohere's API key.", isSecret: true)

    static let compatibleBaseURL = Setting(
        "compatible.base_url",
        "A host of your own that speaks OpenAI's wire, such as vLLM or Ollama; '/v1' included.")
    static let compatibleKey = Setting(
        "compatible.api_key", "The key of that host.", zero: "no credential is sent", isSecret: true)

    static let compatibleTokenLimit = Setting(
        "compatible.token_limit", "The member that limits a reply: max_tokens or max_completion_tokens.",
        zero: "max_tokens")
    static let compatibleSystemMessages = Setting(
        "compatible.system_messages",
        "'first' where the model's template takes one system message, at the beginning; or 'anywhere'.", zero: "first")
    static let compatibleReasoning = Setting(
        "compatible.reasoning",
        "'think_tags' where the server leaves the thinking in the answer; or 'member'.", zero: "member")
    static let compatibleReasoningHistory = Setting(
        "compatible.reasoning_history", "The member in which the model wants its earlier thinking back.",
        zero: "it is left out")
    static let compatibleCloudModels = Setting(
        "compatible.cloud_models", "'allowed' where the server may hand requests on to another service.",
        zero: "models that are handed on are refused")

    static let all: [Setting] = [
        bedrockBaseURL, bedrockCredentialSource, bedrockAccessKeyID, bedrockSecretAccessKey, bedrockSessionToken,
        bedrockBearerKey, bedrockProfile, bedrockRoleARN, bedrockRoleExternalID, bedrockRoleSessionName,
        bedrockTokenRegion, bedrockTokenURL, bedrockMetadataURL, bedrockBeta, vertexBaseURL, vertexProject,
        vertexCredentialSource, vertexCredentialsFile, vertexTokenURL, vertexAccessToken, vertexMetadataHost,
        vertexBeta, openaiBaseURL, openaiKey, azureBaseURL, azureCredentialSource, azureKey, azureTenantID,
        azureClientID, azureClientSecret, azureTokenFile, azureTokenURL, azureScope, azureMetadataURL, azureVersion,
        anthropicBaseURL, anthropicKey, anthropicBeta, cohereBaseURL, cohereKey,
        compatibleBaseURL, compatibleKey, compatibleTokenLimit, compatibleSystemMessages, compatibleReasoning,
        compatibleReasoningHistory, compatibleCloudModels,
    ]
}
