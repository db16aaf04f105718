import Domain

enum CapabilityMember: String, CatalogMember {
    case modalities
    case supportsVision = "supports_vision"
    case supportsFunctionCalling = "supports_function_calling"
    case contextWindow = "context_window"
    case maximumOutputTokens = "max_output_tokens"
    case supportsSamplingParameters = "supports_sampling_parameters"
}

extension Capabilities {
    /// The route's own facts, else those of the model's family, else the careful default. Nil after a mistake.
    init?(for model: String, in route: MappingReader<RouteMember>) {
        guard route.contains(.capabilities) else {
            self = Capabilities.family(of: model) ?? .careful
            return
        }
        guard let reader = route.optionalMapping(.capabilities) as MappingReader<CapabilityMember>? else { return nil }
        let vision = reader.required(.supportsVision, .flag)
        let functionCalling = reader.required(.supportsFunctionCalling, .flag)
        let modalities = reader.requiredList(.modalities, of: .modality)
        let contextWindow = reader.required(.contextWindow, .tokens)
        let maximumOutput = reader.required(.maximumOutputTokens, .tokens)
        let sampling = reader.optional(.supportsSamplingParameters, .flag)
        guard let vision, let functionCalling, let modalities, let contextWindow, let maximumOutput else { return nil }
        guard vision == modalities.contains("image") else {
            reader.note(
                "is \(vision), and 'modalities' say otherwise",
                remedy: "List 'image' among the modalities if the model takes images, and only then",
                of: .supportsVision)
            return nil
        }
        self.init(
            supportsVision: vision, supportsFunctionCalling: functionCalling, modalities: modalities,
            contextWindow: contextWindow, maximumOutputTokens: maximumOutput,
            supportsSamplingParameters: sampling ?? true, basis: .route)
    }
}

enum LifecycleMember: String, CatalogMember {
    case replacement, enforced
    case deprecatedAt = "deprecated_at"
    case retiresAt = "retires_at"
}

extension Lifecycle {
    init(_ reader: MappingReader<LifecycleMember>) {
        self.init(
            deprecatedAt: reader.optional(.deprecatedAt, .date), retiresAt: reader.optional(.retiresAt, .date),
            replacement: reader.optional(.replacement, .identifier),
            isEnforced: reader.optional(.enforced, .flag) ?? true)
        if let deprecatedAt, let retiresAt, deprecatedAt > retiresAt {
            reader.note(
                "is \(deprecatedAt), after 'retires_at'", remedy: "A route is deprecated first: swap the dates",
                of: .deprecatedAt)
        }
    }
}

enum RetentionMember: String, CatalogMember {
    case days, training
    case humanReview = "human_review"
}

extension Retention {
    /// What holds where nobody promised anything: the worst.
    static let unstated = Retention(days: nil, isUsedForTraining: true, isReviewedByHumans: true)

    init(_ reader: MappingReader<RetentionMember>) {
        self.init(
            days: reader.optional(.days, .days),
            isUsedForTraining: reader.optional(.training, .flag) ?? Self.unstated.isUsedForTraining,
            isReviewedByHumans: reader.optional(.humanReview, .flag) ?? Self.unstated.isReviewedByHumans)
    }
}
