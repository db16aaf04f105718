import Wire

/// The settings that an imported file comes to: those of the configuration file, and the secrets, which are variables.
struct ImportedSettings {
    private var allValues: [(key: String, value: String)] = []
    private var allSecrets: [(variable: String, secret: ImportedSecret, line: Int)] = []

    var values: [(key: String, value: String)] { allValues.filter { !$0.value.isEmpty } }
    var secrets: [(variable: String, secret: ImportedSecret, line: Int)] { allSecrets.filter { $0.secret != .absent } }

    /// - Parameter value: empty: it has to stay unset.
    /// - Returns: false where it is something else already: there is one of it.
    mutating func set(_ setting: Setting, _ value: String) -> Bool {
        if let known = allValues.first(where: { $0.key == setting.key }) { return known.value == value }
        allValues.append((setting.key, value))
        return true
    }

    /// Where a secret was taken from, or an entry begins that has none.
    func line(of setting: Setting) -> Int? {
        allSecrets.first { $0.variable == setting.environmentVariable }?.line
    }

    /// - Returns: false where another one is there already.
    mutating func set(_ setting: Setting, _ secret: ImportedSecret, line: Int) -> Bool {
        let variable = setting.environmentVariable
        if let known = allSecrets.first(where: { $0.variable == variable }) { return known.secret == secret }
        allSecrets.append((variable, secret, line))
        return true
    }
}

extension ImportedSettings {
    /// The configuration file.
    ///
    /// - Parameter catalog: the path of the file with the routes.
    func yaml(catalog: String) -> String {
        let all = values + [("catalog.file", catalog), ("catalog.builtin", "false")]
        var sections: [String] = []
        for (key, _) in all {
            let section = String(key.prefix { $0 != "." })
            if !sections.contains(section) { sections.append(section) }
        }
        return "# Written by 'northern import litellm'. 'northern config' says what each setting is.\n"
            + sections.map { section in
                "\(section):\n"
                    + all.filter { $0.key.hasPrefix("\(section).") }
                    .map { "  \($0.key.dropFirst(section.count + 1)): \(yamlText($0.value))\n" }.joined()
            }.joined()
    }

    /// What a shell reads before the gateway starts, so that the secrets come from where they are.
    ///
    /// - Parameter file: the name of the imported file.
    func shell(from file: String) -> String {
        "# Written by 'northern import litellm', without any secret. Read it with: set -a; . ./northern.env; set +a\n"
            + secrets.map { variable, secret, line in
                switch secret {
                case .variable(let name):
                    "\(variable)=\"${\(name):?is not set}\"\n"
                case .pasted:
                    "# The value is on line \(line) of \(file). Put it where your secrets are, not here.\n"
                        + "\(variable)=\"${\(variable):?is not set}\"\n"
                case .absent: ""
                }
            }.joined()
    }
}

/// A text as YAML takes it for one, whatever is in it: JSON's strings are YAML's too (YAML 1.2.2, section 1.1).
func yamlText(_ text: String) -> String {
    let isPlain =
        !text.isEmpty && text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        || ["true", "false"].contains(text)
    return isPlain ? text : JSON.string(text).text()
}
