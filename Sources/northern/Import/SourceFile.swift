import Yams

/// A YAML file of another program's, read within bounds.
///
/// Scalars stay the texts that they are written as. What an alias stands for counts as often as it is named, so a small file
/// can't unfold into a large one.
struct SourceFile {
    static let mostBytes = 256 * 1024
    static let mostNodes = 20_000
    static let mostDepth = 50
    /// Anchors, and names of them: a few shared parts, and no tower of them.
    static let mostAnchors = 4
    static let mostAliases = 200

    let members: [SourceMember]

    /// - Throws: ``ConfigurationError`` for what is no YAML mapping, or beyond the bounds.
    init(_ text: String, name: String) throws {
        guard text.utf8.count <= Self.mostBytes else {
            throw ConfigurationError("'\(name)' has more than \(Self.mostBytes) bytes. Divide it.")
        }
        // Before it is composed: keys are compared then, and a key may be an alias.
        guard Self.count("&", in: text) <= Self.mostAnchors, Self.count("*", in: text) <= Self.mostAliases else {
            throw ConfigurationError(
                "'\(name)' has more than \(Self.mostAnchors) anchors, or \(Self.mostAliases) aliases. Write out what they "
                    + "stand for.")
        }
        let root: Node?
        do { root = try compose(yaml: text, .basic, .default, .utf8) } catch {
            throw ConfigurationError("'\(name)' isn't YAML: \(Self.whatIsWrong(error)).")
        }
        guard let root, root.mapping != nil else {
            throw ConfigurationError("'\(name)' is no YAML mapping. Name a 'config.yaml' of LiteLLM's proxy.")
        }
        var left = Self.mostNodes
        guard Self.fits(root, depth: 0, left: &left) else {
            throw ConfigurationError(
                "'\(name)' unfolds to more than \(Self.mostNodes) values, or is deeper than \(Self.mostDepth). Divide it."
            )
        }
        members = root.members
    }

    /// How many words begin with a mark. Those within texts count too, which does no harm.
    private static func count(_ mark: Character, in text: String) -> Int {
        var before: Character = "\n"
        var count = 0
        for character in text {
            if character == mark, before.isWhitespace || "[{,:-".contains(before) { count += 1 }
            before = character
        }
        return count
    }

    private static func fits(_ node: Node, depth: Int, left: inout Int) -> Bool {
        left -= 1
        guard left >= 0, depth <= mostDepth else { return false }
        switch node {
        case .scalar, .alias: return true
        case .sequence(let sequence):
            for element in sequence where !fits(element, depth: depth + 1, left: &left) { return false }
        case .mapping(let mapping):
            for (key, value) in mapping {
                guard key.text != nil, fits(value, depth: depth + 1, left: &left) else { return false }
            }
        }
        return true
    }

    /// The library's own descriptions quote the file, which may have secrets.
    private static func whatIsWrong(_ error: any Error) -> String {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "line \(mark.line): \(problem)"
        case .duplicatedKeysInMapping(_, let context): "line \(context.mark.line): a member is there twice"
        default: "it can't be read"
        }
    }
}

/// A member of a mapping, with the line that it is on.
struct SourceMember {
    let name: String
    let node: Node
    let line: Int

    /// The text of a scalar that says something.
    var text: String? { node.text.flatMap { $0.isEmpty || $0 == "null" || $0 == "~" ? nil : $0 } }
    /// The name, made safe to print.
    var shownName: String {
        let isPlain = name.utf8.count <= 60 && name.utf8.allSatisfy { 0x21...0x7E ~= $0 }
        return isPlain ? name : quoted(name)
    }
}

extension Node {
    /// Those of a mapping in their order; those that are merged into it (`<<`) come last, where it doesn't have them itself.
    var members: [SourceMember] {
        guard let mapping else { return [] }
        var found: [SourceMember] = []
        var merged: [SourceMember] = []
        for (key, value) in mapping {
            guard let name = key.text else { continue }
            guard name == "<<" else {
                found.append(SourceMember(name: name, node: value, line: key.line ?? 1))
                continue
            }
            merged += value.sequence.map { $0.flatMap(\.members) } ?? value.members
        }
        for member in merged where !found.contains(where: { $0.name == member.name }) { found.append(member) }
        return found
    }

    var elements: [Node] { sequence.map { Array($0) } ?? [] }
}
