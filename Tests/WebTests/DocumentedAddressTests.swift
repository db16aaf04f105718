import Domain
import Foundation
import Hummingbird
import Testing
import Wire
import Yams

@testable import Gateway
@testable import Web

/// `openapi.yaml` and what is served are told apart by nobody. Left out are what browsers are for: pages, among them all of
/// the portal, and what these load.
@Suite struct DocumentedAddressTests {
    private let document: Document

    init() throws { document = try Document() }

    @Test func `each address of the data plane is documented, and each documented one is served`() throws {
        let catalog = FixedCatalog(all: [])
        let router = Router(context: BasicRequestContext.self)
        ControlPlane(catalog: catalog, logger: .silent).add(to: router, try Pages())
        let pages = Self.names(of: router.routes).subtracting(Self.forBrowsers)
        let served = Self.surfaces.union(pages.map { Self.guides[$0] ?? $0 })
        #expect(served == document.names(onAdminListener: false))
    }

    @Test func `each address of the admin listener is documented, and each documented one is served`() async throws {
        let house = try House()
        let server = AdminServer(
            token: nil, people: house.store, keys: KeyBook(), credentials: try CredentialBook(house.store),
            mappings: FixedMappings(), drifts: FixedDrifts(), piiAudit: FixedPIIAudit(),
            addressLists: FixedAddressLists(), adminAudit: StoreAudit(store: house.store),
            money: MoneyPorts(house.store), configuration: FixedConfiguration(), metrics: FixedMetrics(all: []),
            readiness: { .ready }, clock: { .now }, logger: .silent)
        let router = Router(context: AdminContext.self)
        server.add(to: router)
        #expect(Self.names(of: router.routes) == document.names(onAdminListener: true))
    }

    @Test func `whatever changes something over the admin API may be sent with an idempotency key`() {
        let changing = document.operations.filter {
            $0.path.hasPrefix("/api/admin/") && ["POST", "PUT", "PATCH", "DELETE"].contains($0.method)
        }
        #expect(!changing.isEmpty)
        for operation in changing {
            #expect(operation.parameters.contains("#/components/parameters/IdempotencyKey"), "\(operation.name)")
        }
    }

    @Test func `each code of an error is documented, and each documented one is some error's`() {
        let codes = Set(GatewayError.Code.allCases.map(\.rawValue)).union(AdminError.Code.allCases.map(\.rawValue))
        #expect(Set(document.errorCodes) == codes)
        #expect(document.errorCodes.count == codes.count)
    }

    // MARK: What is served

    private static let forBrowsers: Set<String> = [
        "GET /", "GET /models", "GET /models/**", "GET /docs", "GET /style.css", "GET /page.js", "GET /verify.js",
        "GET /playground.js", "GET /icon.svg",
    ]

    /// Guides are pages and, with the ending of a file, their source.
    private static let guides = [
        "GET /docs/{guide}": "GET /docs/{guide}.md", "GET /docs/fr/{file}": "GET /docs/fr/{guide}.fr.md",
    ]

    private static func names<Context>(of routes: [Router<Context>.RouteDescription]) -> Set<String> {
        Set(routes.map { "\($0.method) \($0.path)" })
    }

    private static var surfaces: Set<String> {
        let all = Surface.fixed.map { ($0.key, $0.value) } + Surface.parameterized.map { ($0.template, $0.example) }
        return Set(
            all.flatMap { path, surface -> [String] in
                // It refuses every method alike: those that OpenAI's API has are documented.
                if case .notOffered = surface { return ["GET \(path)", "DELETE \(path)"] }
                return surface.method.map { ["\($0.rawValue) \(path)"] } ?? []
            })
    }
}

private struct FixedConfiguration: ConfigurationPort {
    func configuration() async -> ConfigurationStatus {
        ConfigurationStatus(
            version: 1, digest: "", since: .now, settings: [], files: [:], routes: [], leftOut: [],
            waitingForRestart: [], lastReload: nil)
    }

    func reload() async -> ReloadOutcome { ReloadOutcome(.unchanged, status: await configuration()) }
}

/// What `openapi.yaml` says of addresses.
private struct Document {
    struct Operation {
        let method: String
        let path: String
        let isOnAdminListener: Bool
        /// References to those that several operations have.
        let parameters: [String]

        var name: String { "\(method) \(path)" }
    }

    let operations: [Operation]
    let errorCodes: [String]

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../openapi.yaml")
        let root = try #require(try Yams.compose(yaml: String(contentsOf: file, encoding: .utf8))?.mapping)
        operations = try #require(root["paths"]?.mapping).flatMap { path, item in Self.operations(at: path, item) }
        errorCodes = try #require(root["components"]?["schemas"]?["ErrorCode"]?["enum"]?.array()).compactMap(\.string)
    }

    private static func operations(at path: Node, _ item: Node) -> [Operation] {
        let methods = item.mapping?.filter { ["get", "put", "post", "patch", "delete"].contains($0.key.string ?? "") }
        return (methods ?? []).map { method, operation in
            Operation(
                method: (method.string ?? "").uppercased(), path: path.string ?? "",
                isOnAdminListener: item["servers"] != nil,
                parameters: (operation["parameters"]?.array() ?? []).compactMap { $0["$ref"]?.string })
        }
    }

    func names(onAdminListener: Bool) -> Set<String> {
        Set(operations.filter { $0.isOnAdminListener == onAdminListener }.map(\.name))
    }
}
