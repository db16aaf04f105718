import Domain
import Foundation
import NIOCore
import Testing
import Upstream

@testable import northern

/// What is configured about addresses in place of images.
@Suite struct ImageSettingTests {
    private func images(_ flags: [String: String] = [:]) async throws -> ImageConfiguration {
        try await GatewayConfiguration(SettingReader(file: nil, flags: flags, environment: [:])).images
    }

    private func mistake(_ key: String, _ value: String) async -> String {
        let error = await #expect(throws: ConfigurationError.self) { try await images([key: value]) }
        return error?.description ?? ""
    }

    @Test func `they pass unless it is set, and nothing is fetched`() async throws {
        let images = try await images()
        #expect(images.rule == .pass && images.limits.networks.isEmpty && images.limits.ports == [443])
        #expect(images.limits.bytes == 20 << 20 && images.limits.parts == 20 && images.limits.time == .seconds(10))
    }

    @Test func `networks and ports of one's own are read as lists`() async throws {
        let images = try await images([
            "images.urls": "fetch", "images.allowed_networks": "10.20.0.0/16, fd00::/8", "images.ports": "443, 8443",
        ])
        #expect(images.rule == .fetch && images.limits.ports == [443, 8443])
        #expect(images.limits.networks.map(\.description) == ["10.20.0.0/16", "fd00::/8"])
    }

    @Test func `what can't be meant is refused, and what to write is said`() async {
        #expect(await mistake("images.urls", "sometimes").contains("'images.urls' must be one of "))
        #expect(await mistake("images.allowed_networks", "10.20.1.0/16").contains("which is no network"))
        #expect(await mistake("images.allowed_networks", "intranet.example").contains("which is no network"))
        #expect(await mistake("images.ports", "443, 70000").contains("'70000', which is no port"))
        #expect(await mistake("images.ca_file", "/nowhere.pem").contains("'images.ca_file' holds no certificate"))
        // A request has to have room for all that it may name.
        #expect(await mistake("images.max_at_once", "19").contains("from 20 to"))
    }

    @Test func `a reload puts them in force`() {
        #expect(ImageSetting.all.allSatisfy { $0.isReloadable })
    }
}
