/// The reference page of all settings, written from the settings themselves.
enum ConfigurationReference {
    static var markdown: String {
        let head = """
            # Configuration

            One YAML file, environment variables over it, flags (`--set KEY=VALUE`) over both. A file may hold any of \
            the settings below; a name that isn't here is refused. `northern check --config FILE` looks at all of it \
            before a start. While the gateway runs, `northern reload`, `SIGHUP` and `POST /api/admin/reload` have all of \
            it read again; of what is marked "Read at a start" they say that a restart is needed.

            This page is written by `northern config`.

            | Setting | Purpose | Environment variable | Default |
            |---|---|---|---|

            """
        return head + Settings.all.map(row).joined()
    }

    private static func row(_ setting: Setting) -> String {
        let zero = setting.zero.map { " 0 or empty: \($0)." } ?? ""
        let secret = setting.isSecret ? " Secret: never printed." : ""
        let start = setting.isReloadable ? "" : " Read at a start."
        let fallback = setting.fallback.map { "`\($0)`" } ?? "none"
        return
            "| `\(setting.key)` | \(setting.purpose)\(zero)\(secret)\(start) | `\(setting.environmentVariable)` | \(fallback) |\n"
    }
}
