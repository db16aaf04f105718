import Domain
import Yams

/// The names that a mapping of a catalogue file may have.
protocol CatalogMember: RawRepresentable<String>, CaseIterable, Hashable {}

/// Reads the members of one YAML mapping by name and notes what is wrong with them. Members that nobody knows are a
/// mistake as well: most of them are misspelled.
struct MappingReader<Member: CatalogMember> {
    /// Where the mapping begins.
    let site: CatalogSite
    private let values: [Member: Node]
    /// What stands before a member's name in errors, such as `prices.`.
    private let path: String
    private let problems: CatalogProblems

    /// - Parameter members: those of this mapping, if not all of the type's.
    init?(
        _ node: Node, at site: CatalogSite, path: String = "", allowing members: [Member] = Array(Member.allCases),
        noting problems: CatalogProblems
    ) {
        guard let mapping = node.mapping else {
            let name = path.isEmpty ? "this" : "'\(path.dropLast())'"
            problems.note("\(name) is no mapping", remedy: "Write 'name: value' pairs here", at: site)
            return nil
        }
        self.site = site
        self.path = path
        self.problems = problems
        var values: [Member: Node] = [:]
        for (key, value) in mapping {
            guard let name = key.text, let member = Member(rawValue: name), members.contains(member) else {
                problems.note(
                    "the member \(quoted(path + (key.text ?? "?"))) is unknown",
                    remedy: "Known are \(members.map(\.rawValue).joined(separator: ", "))",
                    at: site.at(line: key.line))
                continue
            }
            values[member] = value
        }
        self.values = values
    }

    func contains(_ member: Member) -> Bool { values[member] != nil }

    /// Where a member is, or where it should have been.
    func site(of member: Member) -> CatalogSite { site.at(line: values[member]?.line) }

    func note(_ problem: String, remedy: String, of member: Member) {
        problems.note("'\(path)\(member.rawValue)' \(problem)", remedy: remedy, at: site(of: member))
    }

    /// The value of a member that must be there. Nil: a mistake has been noted.
    func required<Value>(_ member: Member, _ form: ScalarForm<Value>) -> Value? {
        required(member, expecting: form.expectation).flatMap { value($0, of: member, form) }
    }

    /// Nil also where the member isn't there.
    func optional<Value>(_ member: Member, _ form: ScalarForm<Value>) -> Value? {
        values[member].flatMap { value($0, of: member, form) }
    }

    /// The values of a list that must be there and hold something.
    func requiredList<Value>(_ member: Member, of form: ScalarForm<Value>) -> [Value]? {
        guard let node = required(member, expecting: "a list, each of it \(form.expectation)"),
            let list = list(node, of: member, form)
        else { return nil }
        guard !list.isEmpty else {
            note("is empty", remedy: "Write a list, each of it \(form.expectation)", of: member)
            return nil
        }
        return list
    }

    func optionalList<Value>(_ member: Member, of form: ScalarForm<Value>) -> [Value]? {
        values[member].flatMap { list($0, of: member, form) }
    }

    func requiredMapping<Inner: CatalogMember>(_ member: Member) -> MappingReader<Inner>? {
        required(member, expecting: "a mapping")
            .flatMap { _ in optionalMapping(member, allowing: Array(Inner.allCases)) }
    }

    func optionalMapping<Inner: CatalogMember>(
        _ member: Member, allowing members: [Inner] = Array(Inner.allCases)
    ) -> MappingReader<Inner>? {
        values[member].flatMap {
            MappingReader<Inner>(
                $0, at: site.at(line: $0.line), path: "\(path)\(member.rawValue).", allowing: members,
                noting: problems)
        }
    }

    /// The mappings of a list. Nil where the member isn't there, or is wrong.
    func optionalMappings<Inner: CatalogMember>(_ member: Member) -> [MappingReader<Inner>]? {
        guard values[member] != nil, let nodes = requiredNodes(member) else { return nil }
        let readers = nodes.compactMap { node in
            MappingReader<Inner>(
                node, at: site.at(line: node.line), path: "\(path)\(member.rawValue).", noting: problems)
        }
        return readers.count == nodes.count ? readers : nil
    }

    /// The nodes of a list that must be there.
    func requiredNodes(_ member: Member) -> [Node]? {
        guard let node = required(member, expecting: "a list") else { return nil }
        guard let sequence = node.sequence else {
            note("is no list", remedy: "Write each entry on a line of its own, after '- '", of: member)
            return nil
        }
        return Array(sequence)
    }

    private func required(_ member: Member, expecting expectation: String) -> Node? {
        guard let node = values[member] else {
            note("is missing", remedy: "Write \(expectation)", of: member)
            return nil
        }
        return node
    }

    private func list<Value>(_ node: Node, of member: Member, _ form: ScalarForm<Value>) -> [Value]? {
        guard let sequence = node.sequence else {
            note("is no list", remedy: "Write [a, b], each \(form.expectation)", of: member)
            return nil
        }
        let list = sequence.compactMap { value($0, of: member, form) }
        return list.count == sequence.count ? list : nil
    }

    private func value<Value>(_ node: Node, of member: Member, _ form: ScalarForm<Value>) -> Value? {
        guard let text = node.text else {
            note("is no single value", remedy: "Write \(form.expectation)", of: member)
            return nil
        }
        guard let value = form.read(text) else {
            let shown = form.isPrintable ? "is \(quoted(text)), which it can't be" : "can't be what it is"
            note(shown, remedy: "Write \(form.expectation)", of: member)
            return nil
        }
        return value
    }
}

extension CatalogSite {
    func at(line: Int?) -> CatalogSite { CatalogSite(file: file, line: line ?? self.line, route: route) }
}

extension Node {
    /// As it was written, whatever YAML takes it for.
    var text: String? { scalar?.string }
    var line: Int? { mark?.line }
}
