#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a simulator pretends to be.
public struct SimulatorSettings: Sendable {
    /// The models it serves. Any other is answered with the dialect's not-found error.
    public var models: ServedModels = .listed(["sim-basic", "sim-vision"])
    /// Models that refuse images. None unless named.
    public var visionless: Set<String> = []
    /// The credential it demands, by whatever header the dialect has. Empty: none.
    public var key = "sim"
    /// The access key id that goes with ``key`` as the secret, for requests signed as AWS has them.
    public var accessKeyID = "AKIDSIM"
    /// The region it says it is in.
    public var region = "ca-sim-1"
    /// The pause between the pieces of a stream. 0: none. The marker `tpot` goes first.
    public var chunkMilliseconds = 0
    /// How many of the last requests are kept for ``ProviderSimulator/requests()``. 0: none.
    public var record = 100
    /// Whether it refuses what the provider itself would refuse, such as members that the provider does not have.
    ///
    /// Off for demos, where anything plausible should get an answer; on for tests, where it finds what a gateway
    /// should not have sent.
    public var strict = false
    /// Peculiarities of single models.
    public var quirks: [String: Set<Quirk>] = [:]
    /// For how many seconds the access tokens and AWS's temporary keys are good that it issues itself.
    public var tokenLifetime = 3600
    /// What the owner of AWS's roles wants to hear from whoever assumes one. Nil: nothing.
    public var externalID: String?
    /// Whether `/__sim/…` answers. Only callers on the same machine can use it.
    public var inspection = true
    /// The largest body it reads. A larger one is answered with status 413.
    public var maximumBodyBytes = 128 << 20
    /// The time in seconds since 1970, for the lifetime of tokens. Nothing else depends on the clock.
    public var now: @Sendable () -> Int = { time(nil) }

    public init() {}
}

/// Which model identifiers a simulator answers to.
public enum ServedModels: Hashable, Sendable {
    /// Every identifier that is well formed.
    case any
    case listed([String])

    func contains(_ model: String) -> Bool {
        switch self {
        case .any: isIdentifier(model, upTo: 2048, besides: "_-.:/@")
        case .listed(let models): models.contains(model)
        }
    }

    /// For the endpoints that list models.
    var names: [String] {
        switch self {
        case .any: []
        case .listed(let models): models
        }
    }
}
