/// Words in small letters that a program reads, and nobody is called by: options, packages, columns, what a command line
/// names.
enum ProgramText {
    /// Bytes that are looked at before a word.
    private static let reach = 256

    /// Whether a word is an option (`--save-dev`), names a version of a package (`eslint@8.57.0`), or is an argument that
    /// is a name of several parts (`max(created_at)`).
    static func isOption(_ word: Range<Int>, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        let (before, after) = (word.lowerBound > 0 ? text[word.lowerBound - 1] : 0x20, byte(after: word, in: text))
        let isLong = before == UInt8(ascii: "-") && word.lowerBound > 1 && text[word.lowerBound - 2] == before
        if isLong || before == UInt8(ascii: "@") && word.lowerBound > 1 && text[word.lowerBound - 2] == 0x20 {
            return true
        }
        if after == UInt8(ascii: "@"), word.upperBound + 1 < text.count, text[word.upperBound + 1] &- 0x30 < 10 {
            return true
        }
        let isEnclosed = before == UInt8(ascii: "(") && (after == UInt8(ascii: ")") || after == UInt8(ascii: ","))
        return isEnclosed && text[word].contains(UInt8(ascii: "_"))
    }

    /// Whether a word with a hyphen, a point or an underscore stands in a line that begins with a program's name, or
    /// behind one of the signs that lead on in a path.
    static func isInCommand(_ token: Token, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        let word = token.range
        let touches = word.lowerBound > 0 && "/:".utf8.contains(text[word.lowerBound - 1])
        let isCompound = text[word].contains { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        guard touches || isCompound || byte(after: word, in: text) == UInt8(ascii: "/") else { return false }
        return isCommand(before: word.lowerBound, in: text)
    }

    private static func byte(after word: Range<Int>, in text: UnsafeBufferPointer<UInt8>) -> UInt8 {
        word.upperBound < text.count ? text[word.upperBound] : 0x20
    }

    /// Whether a part of the line, as far as it stands before a place, begins with a program that is called.
    private static func isCommand(before position: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        var start = position
        while start > 0, position - start < reach, !"\n;|&`".utf8.contains(text[start - 1]) { start -= 1 }
        while start < position, " \t$#>".utf8.contains(text[start]) { start += 1 }
        var end = start
        while end < position, end - start < 12, text[end] &- 0x61 < 26 || text[end] == UInt8(ascii: "-") { end += 1 }
        guard end < position, text[end] == 0x20 else { return false }
        return programs.contains { $0.utf8CodeUnitCount == end - start && text[start..<end].elementsEqual($0.bytes) }
    }

    private static let programs: [StaticString] = [
        "git", "npm", "npx", "yarn", "pnpm", "pip", "pipx", "uv", "python", "node", "cd", "ls", "cp", "mv", "rm", "cat",
        "mkdir", "chmod", "chown", "curl", "wget", "ssh", "scp", "rsync", "docker", "podman", "kubectl", "helm",
        "terraform",
        "ansible", "make", "cmake", "cargo", "rustc", "go", "swift", "swiftc", "java", "mvn", "gradle", "dotnet", "apt",
        "apt-get", "yum", "dnf", "brew", "sudo", "systemctl", "journalctl", "service", "grep", "sed", "awk", "find",
        "tar",
        "unzip", "psql", "mysql", "sqlite", "redis-cli", "aws", "gcloud", "az", "export", "source", "echo", "touch",
        "tail",
        "head", "less", "vim", "nano", "code", "gh", "bundle", "gem", "composer", "php", "perl", "ruby", "bash", "sh",
    ]
}

/// Signs of units behind a number: nobody is called Mbps.
enum Units {
    static func isOne(_ tokens: [Token], at index: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard index > 0, tokens[index - 1].kind == .number, tokens[index].kind == .word, tokens[index].count <= 5 else {
            return false
        }
        let word = Array(text[tokens[index].range]).lowercased()
        return signs.contains { $0.bytes.elementsEqual(word) }
    }

    private static let signs: [StaticString] = [
        "mbps", "gbps", "kbps", "tbps", "hz", "khz", "mhz", "ghz", "kwh", "mwh", "gwh", "kw", "mw", "kva", "rpm", "mph",
        "kph",
        "psi", "kpa", "mpa", "ppm", "ppb", "db", "dba", "kb", "mb", "gb", "tb", "kib", "mib", "gib", "tib", "dpi",
        "fps",
        "kg", "km", "cm", "mm", "ml", "mg", "mcg", "lb", "lbs", "oz", "ft", "sqft", "iu", "meq", "mmol", "mmhg", "bpm",
        "px",
    ]
}

extension StaticString {
    fileprivate var bytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
    }
}
