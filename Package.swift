// swift-tools-version: 6.2
import PackageDescription

/// Every target is compiled alike; only warnings and errors of our own are of interest, not of dependencies.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTP2: Target.Dependency = .product(name: "NIOHTTP2", package: "swift-nio-http2")
let nioHPACK: Target.Dependency = .product(name: "NIOHPACK", package: "swift-nio-http2")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTLS: Target.Dependency = .product(name: "HummingbirdTLS", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let configuration: Target.Dependency = .product(name: "Configuration", package: "swift-configuration")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let jwt: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// A target of ours. What it may import is the list beside its name, and the build enforces it.
func ours(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

let package = Package(
    name: "northern",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "northern", targets: ["northern"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-nio-http2.git", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: [.defaults, "YAML"]),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.0"),
    ],
    targets: [
        ours("Domain"),
        ours("Wire"),
        ours("Routing", ["Domain"]),
        // Lists and weights as bytes of the program: see Training/README.md.
        .target(name: "PrivacyData", exclude: ["privacy.bin"], cSettings: [.headerSearchPath(".")]),
        ours("Privacy", ["Domain", "PrivacyData", crypto]),
        ours("Providers", ["Domain", "Wire", crypto, cryptoExtras]),
        ours("Pipeline", ["Domain", "Wire", "Routing", "Privacy", "Providers", crypto]),
        ours("Upstream", ["Domain", "Wire", "Routing", "Providers", crypto, nio, nioPosix, nioSSL, nioTLS]),
        ours("CustodyLog", ["Domain", crypto]),
        // PostgreSQL's client library, loaded when it is first asked for; its headers alone are needed to build.
        .target(name: "CLibpq"),
        ours("Storage", ["Domain", "CustodyLog", "CLibpq", crypto, cryptoExtras, grdb, sqlite]),
        ours(
            "Gateway",
            [
                "Domain", "Wire", "Routing", "Pipeline", "Providers", "Upstream", nio, nioPosix, nioSSL, nioTLS,
                nioHTTP2,
                nioHPACK, logging,
            ]),
        ours(
            "Web",
            [
                "Domain", "Wire", crypto, hummingbird, hummingbirdCore, hummingbirdTLS, mustache, httpTypes, lifecycle,
                nio, nioSSL,
                logging,
            ],
            resources: [.embedInCode("Resources")]),
        ours("ProviderSimulator", ["Wire", nio, nioPosix, nioHTTP1, crypto, cryptoExtras]),
        .executableTarget(
            name: "northern",
            dependencies: [
                "Domain", "Wire", "Routing", "Privacy", "Providers", "Pipeline", "Upstream", "CustodyLog", "Storage",
                "Gateway", "Web", "ProviderSimulator", nio, nioHTTP1, nioPosix, nioSSL, crypto, logging, lifecycle,
                signals, yams, configuration, argumentParser, httpClient, jwt,
            ],
            resources: [.embedInCode("Resources/catalog.yaml")],
            swiftSettings: settings,
            // The toolchain's own linker, which alone packs relocations: see scripts/build-release.
            linkerSettings: [.unsafeFlags(["-use-ld=lld"], .when(platforms: [.linux], configuration: .release))]),

        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
        // What tests and the fuzzer share: see scripts/fuzz and scripts/check-splits, which build it for speed.
        .target(
            name: "Fuzzing", dependencies: ["Domain", "Wire", "Providers", "TestSupport"], path: "Tests/Fuzzing",
            exclude: ["Corpus", "Dictionaries", "Programs"], swiftSettings: settings),
        .target(
            name: "RestoredReplies",
            dependencies: ["Domain", "Wire", "Routing", "Privacy", "Providers", "Pipeline", "Fuzzing", "TestSupport"],
            path: "Tests/RestoredReplies", swiftSettings: settings),
        tests("FuzzingTests", ["Domain", "Wire", "Providers", "Fuzzing"]),
        tests("CustodyLogTests", ["CustodyLog", "Domain", "TestSupport", crypto]),
        tests("DomainTests", ["Domain"]),
        tests("WireTests", ["Wire", "Fuzzing", "TestSupport"], resources: [.copy("Fixtures")]),
        .executableTarget(
            name: "PrivacyTraining", dependencies: ["Domain", "Privacy"], path: "Training/Sources",
            swiftSettings: settings),
        tests("PrivacyTests", ["Domain", "Privacy"]),
        tests("RoutingTests", ["Domain", "Routing", "TestSupport"]),
        tests(
            "PipelineTests",
            ["Domain", "Wire", "Routing", "Providers", "Pipeline", "Fuzzing", "RestoredReplies", crypto]),
        tests(
            "ProvidersTests", ["Domain", "Wire", "Providers", "Fuzzing", "TestSupport", cryptoExtras],
            resources: [.copy("Fixtures")]),
        tests("UpstreamTests", ["Domain", "Wire", "Upstream"]),
        tests("StorageTests", ["Domain", "CustodyLog", "Storage", grdb]),
        tests("ProviderSimulatorTests", ["Wire", "ProviderSimulator", crypto, cryptoExtras, nio, nioPosix]),
        tests(
            "WebTests",
            ["Domain", "Wire", "Storage", "Web", "Gateway", hummingbird, httpTypes, nio, nioPosix, logging, yams]),
        tests("CatalogTests", ["Domain", "Providers", "Routing", "northern"]),
        tests("ConfigurationTests", ["Domain", "Providers", "Upstream", "northern", nio]),
        tests("ReconciliationTests", ["Domain", "Wire", "Web"]),
        tests("CustodyCommandTests", ["CustodyLog", "Domain", "Providers", "Wire", "northern", httpClient]),
        tests(
            "GatewayTests",
            [
                "Domain", "Wire", "Routing", "Privacy", "Providers", "Pipeline", "Upstream", "CustodyLog", "Gateway",
                "Storage", "ProviderSimulator", "TestSupport", "Web", "northern", crypto, httpClient, nio, nioEmbedded,
                nioHTTP1,
                nioPosix, nioSSL, nioTLS, logging,
            ],
            resources: [.copy("Conformance/Cases")]),
    ]
)
