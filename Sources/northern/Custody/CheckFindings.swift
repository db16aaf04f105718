/// What was found of something that is checked, a sentence each.
struct CheckFindings: Equatable {
    enum Kind: String {
        case verified = "verified"
        case wrong = "WRONG"
        case unchecked = "not checked"
    }

    struct Finding: Equatable {
        let kind: Kind
        let sentence: String
    }

    private(set) var findings: [Finding] = []

    mutating func verified(_ sentence: String) { findings.append(Finding(kind: .verified, sentence: sentence)) }
    /// - Parameter sentence: says what to do next, too.
    mutating func wrong(_ sentence: String) { findings.append(Finding(kind: .wrong, sentence: sentence)) }
    /// - Parameter sentence: says what to do next, too.
    mutating func unchecked(_ sentence: String) { findings.append(Finding(kind: .unchecked, sentence: sentence)) }

    /// What is wrong counts for more than what couldn't be checked.
    var status: CheckStatus {
        if has(.wrong) { return .wrong }
        return has(.unchecked) ? .unchecked : .good
    }

    private func has(_ kind: Kind) -> Bool { findings.contains { $0.kind == kind } }

    var text: String {
        findings.map { finding in
            let label = finding.kind.rawValue
            return "  \(label)\(String(repeating: " ", count: max(1, 13 - label.count)))\(finding.sentence)"
        }.joined(separator: "\n")
    }
}
