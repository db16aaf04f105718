import Domain
import Hummingbird
import HummingbirdCore
import Wire

/// `/api/admin/configuration`: what is in force; `/api/admin/reload`: reads it again.
struct ConfigurationRoutes: Sendable {
    let configuration: any ConfigurationPort

    func add(to group: RouterGroup<AdminContext>) {
        group.get("configuration") { _, context in
            try context.check(.readInstallation)
            return Response.json(.object(await configuration.configuration().json))
        }
        group.post("reload") { request, context in
            try context.check(.manageRoutes)
            _ = try await request.json(ofAtMost: 1 << 10, usual: [:]).object(knowing: [])
            return try await configuration.reload().reply()
        }
    }
}

extension ReloadOutcome {
    /// - Throws: ``AdminError/configurationRefused(_:)``.
    func reply() throws(AdminError) -> Response {
        if result == .refused { throw .configurationRefused(reason ?? "") }
        return .json([
            "result": .string(result.rawValue),
            "changed": .array(changed.map { .string($0) }),
            "restart_needed": .array(status.waitingForRestart.map { .string($0) }),
            "version": JSON(status.version),
            "digest": .string(status.digest),
            "routes": JSON(status.routes.count),
        ])
    }
}

extension ConfigurationStatus {
    fileprivate var json: JSONObject {
        [
            "version": JSON(version),
            "digest": .string(digest),
            "in_force_since": .string(since.description),
            "settings": .array(settings.map { .object($0.json) }),
            "files": .array(
                files.sorted { $0.key < $1.key }.map { ["path": .string($0.key), "sha256": .string($0.value)] }),
            "routes": .array(routes.map { .string($0) }),
            "not_offered": .array(
                leftOut.map { ["route": .string($0.route), "reason": .string($0.reason)] }),
            "restart_needed": .array(waitingForRestart.map { .string($0) }),
            "last_reload": lastReload.map { .object($0.json) } ?? .null,
        ]
    }
}

extension ConfigurationStatus.Setting {
    fileprivate var json: JSONObject {
        [
            "key": .string(key),
            "value": value.map { .string($0) } ?? .null,
            "secret": .bool(isSecret),
            "reloadable": .bool(isReloadable),
        ]
    }
}

extension ConfigurationStatus.LastReload {
    fileprivate var json: JSONObject {
        [
            "at": .string(at.description),
            "result": .string(result.rawValue),
            "reason": reason.map { .string($0) } ?? .null,
        ]
    }
}
