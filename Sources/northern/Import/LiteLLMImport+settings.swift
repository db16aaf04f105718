import Domain

extension LiteLLMImport {
    /// `router_settings` and `litellm_settings`, which have names in common.
    mutating func addSettings(of section: SourceMember) {
        let path = section.name
        for member in section.node.members {
            let subject = "\(path).\(member.shownName)"
            switch member.name {
            case "fallbacks": remember(fallbacks: member, below: path)
            case "model_group_alias": remember(aliases: member, below: path)
            case "num_retries": number(member, subject, UpstreamSetting.retries, in: 0...10)
            case "timeout", "request_timeout":
                number(
                    member, subject, UpstreamSetting.firstByteTimeout, in: 1...86_400,
                    but: "until the reply begins, which is complete where it isn't streamed")
            case "stream_timeout": number(member, subject, UpstreamSetting.firstTokenTimeout, in: 1...86_400)
            case "allowed_fails":
                number(
                    member, subject, UpstreamSetting.breakerFailures, in: 1...1_000_000,
                    but: "in a row, where LiteLLM counts those of a minute")
            case "cooldown_time":
                number(
                    member, subject, UpstreamSetting.breakerRest, in: 1...86_400,
                    but: "twice as long after each request that fails then, up to five minutes")
            case "routing_strategy" where member.text == "simple-shuffle":
                note(.taken, member.line, subject, "endpoints of one route share its requests by their weights")
            default: leave(member, below: path)
            }
        }
    }

    mutating func addGeneralSettings(of section: SourceMember) {
        for member in section.node.members {
            guard member.name == "master_key", let text = member.text, let secret = ImportedSecret(text),
                settings.set(Settings.adminToken, secret, line: member.line)
            else {
                leave(member, below: section.name)
                continue
            }
            note(
                .differs, member.line, "general_settings.master_key",
                "the variable \(Settings.adminToken.environmentVariable): the token of the admin API, and no key for calls. Make "
                    + "those with 'northern keys create'")
        }
    }

    mutating func leaveVariables(of section: SourceMember) {
        for member in section.node.members {
            note(
                .leftOut, member.line, "environment_variables.\(member.shownName)",
                "its value isn't copied: set it in the environment of the gateway where it is still needed")
        }
    }

    private mutating func number(
        _ member: SourceMember, _ subject: String, _ setting: Setting, in range: ClosedRange<Int>,
        but difference: String? = nil
    ) {
        do throws(LeftOut) {
            let text = try plain(member)
            // LiteLLM takes fractions of a second.
            guard let number = Double(text), Double(range.lowerBound)...Double(range.upperBound) ~= number,
                let value = Int(exactly: number.rounded(.up))
            else {
                throw LeftOut(
                    "'\(setting.key)' is a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            guard settings.set(setting, String(value)) else { throw LeftOut("'\(setting.key)' is set already") }
            note(
                difference == nil ? .taken : .differs, member.line, subject,
                "'\(setting.key)' is \(value)\(difference.map { ": \($0)" } ?? "")")
        } catch {
            note(.leftOut, member.line, subject, error.remark)
        }
    }
}

/// Why members of LiteLLM's that are known have no counterpart, and what comes nearest.
enum LiteLLMCounterparts {
    static func remark(on name: String) -> String {
        remarks[name] ?? "there is nothing like it here"
    }

    private static let remarks: [String: String] = {
        let callers = "a route changes nothing in a request: callers set it"
        let clocks = "times and tries are the same for all routes: the settings that begin with 'upstream.'"
        let sharing = "an endpoint is chosen by its weight, and left alone while it fails"
        let store = "records and keys are in SQLite, in 'data_directory'"
        let telemetry =
            "nothing is sent to others: see the log, /metrics of the admin listener, and the custody records"
        let keys = "keys and their limits aren't in LiteLLM's file: 'northern keys create' and 'northern keys limit'"
        let caches = "replies aren't kept, so none is given twice"
        var remarks = [
            "drop_params":
                "what a provider has no counterpart for is refused by name, or left out as the page on fields says",
            "default_fallbacks": "fallbacks are those of a route: write 'fallbacks' in the catalogue",
            "context_window_fallbacks":
                "a prompt that is too long is refused, with the number of tokens where it is known",
            "content_policy_fallbacks": "what a provider refuses isn't asked elsewhere",
            "callbacks": telemetry, "success_callback": telemetry, "failure_callback": telemetry,
            "service_callbacks": telemetry, "alerting": telemetry, "alerting_threshold": telemetry,
            "turn_off_message_logging": "messages are never logged", "set_verbose": "the setting 'log.level'",
            "json_logs": "the log has one line for each entry, with its values",
            "cache": caches, "cache_params": caches, "database_url": store, "store_model_in_db": store,
            "redis_host": store, "redis_port": store, "redis_password": store,
            "custom_auth": "callers have keys of the gateway", "enable_jwt_auth": "callers have keys of the gateway",
            "max_parallel_requests": keys, "global_max_parallel_requests": keys,
            "guardrails": "personal information: the setting 'pii.substitution'. Other guardrails aren't there",
            "include": "import that file by itself",
            "litellm_credential_name": "no entry of 'credential_list' has that name",
            "base_model": "prices and capabilities are those of the route: write them in the catalogue",
            "vertex_credentials":
                "name the key file in 'vertex.credentials_file', or in GOOGLE_APPLICATION_CREDENTIALS",
            "routing_strategy": sharing, "routing_strategy_args": sharing, "enable_pre_call_checks": sharing,
            "organization": "OpenAI knows the organization by the key",
        ]
        for name in ["temperature", "max_tokens", "max_completion_tokens", "top_p", "seed", "extra_headers", "stop"] {
            remarks[name] = callers
        }
        for name in ["timeout", "stream_timeout", "max_retries", "num_retries", "cooldown_time"] {
            remarks[name] = clocks
        }
        return remarks
    }()
}
