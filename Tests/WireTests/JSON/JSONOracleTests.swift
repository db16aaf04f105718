import Foundation
import Testing
import Wire

/// Our reader against Foundation's.
///
/// They differ on purpose in this, and in nothing else:
/// - a repeated key: our tree refuses it, and reads no further, Foundation keeps one of the values; our scanner leaves
///   it to who acts on it;
/// - depth: 100 here, 512 there;
/// - a byte order mark: refused here, skipped there;
/// - a comma before a closing bracket: refused here, read over there;
/// - NUL bytes: refused here, taken for a sign of UTF-16 or UTF-32 there;
/// - a number too large for a double: its digits are kept here, it is refused there; and a number with more digits than
///   a double holds is sometimes rounded wrongly there.
@Suite struct JSONOracleTests {
    enum Verdict: Equatable {
        case refused(at: Int)
        case repeatedKey
        case taken(JSON)
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `takes what Foundation takes, with the same values`(seed: UInt64) throws {
        var generator = JSONTextGenerator(seed: seed)
        for _ in 0..<1_200 {
            let sound = generator.text()
            try compare(sound, mustBeSound: true)
            for _ in 0..<5 { try compare(generator.broken(sound), mustBeSound: false) }
        }
    }

    private func compare(_ text: [UInt8], mustBeSound: Bool) throws {
        let ours = Self.ours(text)
        let scanned = Self.isScanned(text)
        let shown = { String(decoding: text, as: UTF8.self).debugDescription }
        if ours != .repeatedKey, Self.isRefused(ours) == scanned {
            Issue.record("tree and scanner disagree about \(shown())")
        }
        if text.contains(0) || text.starts(with: [0xEF, 0xBB, 0xBF]) {
            if case .taken = ours { Issue.record("must be refused: \(shown())") }
            return
        }
        let theirs = try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)
        switch (ours, theirs) {
        case (.refused(let offset), .some) where Self.comma(in: text, closedAt: offset) != nil:
            var without = text
            without.remove(at: Self.comma(in: text, closedAt: offset) ?? 0)
            try compare(without, mustBeSound: false)
        case (.refused, nil), (.repeatedKey, _): break
        case (.taken(let value), let theirs?):
            if !Self.isSame(value, theirs) { Issue.record("other values in \(shown())") }
        case (.taken(let value), nil) where Self.hasHugeNumber(value): break
        default: Issue.record("\(ours) here, \(theirs == nil ? "refused" : "taken") there: \(shown())")
        }
        if mustBeSound, Self.isRefused(ours) { Issue.record("refused: \(shown())") }
    }

    private static func ours(_ text: [UInt8]) -> Verdict {
        do throws(JSONError) {
            return .taken(try JSON(parsing: text))
        } catch {
            return error.reason == .repeatedKey ? .repeatedKey : .refused(at: error.offset)
        }
    }

    private static func isRefused(_ verdict: Verdict) -> Bool {
        if case .refused = verdict { true } else { false }
    }

    /// Where the comma before a closing bracket stands.
    private static func comma(in text: [UInt8], closedAt offset: Int) -> Int? {
        guard offset < text.count, "]}".utf8.contains(text[offset]) else { return nil }
        let last = text[..<offset].lastIndex { !" \t\r\n".utf8.contains($0) }
        return last.flatMap { text[$0] == UInt8(ascii: ",") ? $0 : nil }
    }

    private static func isScanned(_ text: [UInt8]) -> Bool {
        text.withUnsafeBytes { bytes in
            guard var scanner = try? JSONScanner(bytes) else { return false }
            return (try? scanner.skipValue()) != nil && (try? scanner.end()) != nil
        }
    }

    private static func isSame(_ ours: JSON, _ theirs: Any) -> Bool {
        switch ours {
        case .null: theirs is NSNull
        case .bool(let flag): (theirs as? Bool) == flag
        case .number: isSameNumber(ours, theirs)
        case .string(let text): (theirs as? String).map { $0.utf8.elementsEqual(text.utf8) } ?? false
        case .array(let elements):
            (theirs as? [Any]).map { zip(elements, $0).allSatisfy(isSame) && elements.count == $0.count } ?? false
        case .object(let object):
            (theirs as? [String: Any]).map { theirs in
                object.members.count == theirs.count
                    && object.members.allSatisfy { member in
                        theirs[member.key].map { isSame(member.value, $0) } ?? false
                    }
            } ?? false
        }
    }

    private static func isSameNumber(_ ours: JSON, _ theirs: Any) -> Bool {
        guard case .number(let digits) = ours, let number = theirs as? NSNumber, let double = ours.double else {
            return false
        }
        // Digits that a double would lose.
        if let integer = Int64(digits) { return number.int64Value == integer }
        return abs(number.doubleValue - double) <= abs(double) * 1e-15
    }

    private static func hasHugeNumber(_ value: JSON) -> Bool {
        switch value {
        case .number: value.double?.isFinite != true
        case .array(let elements): elements.contains(where: hasHugeNumber)
        case .object(let object): object.members.contains { hasHugeNumber($0.value) }
        default: false
        }
    }
}
