import TestSupport
import Wire

/// A member that nobody has ever heard of.
struct UnknownMember {
    let key: String
    let value: JSON

    init(using chance: inout SeededGenerator) {
        let letters = (0..<8).map { _ in "abcdefghijklmnopqrstuvwxyz".randomElement(using: &chance) ?? "a" }
        key = "zz_" + String(letters)
        value = Self.value(depth: 0, using: &chance)
    }

    private static func value(depth: Int, using chance: inout SeededGenerator) -> JSON {
        switch Int.random(in: 0..<(depth < 2 ? 6 : 4), using: &chance) {
        case 0: .bool(.random(using: &chance))
        case 1: JSON(Int.random(in: -1_000...1_000, using: &chance))
        case 2: .number("1.50e-3")
        case 3: .string("é\n\"\(Int.random(in: 0...999, using: &chance))\"")
        case 4: .array([value(depth: depth + 1, using: &chance)])
        default: ["zz": value(depth: depth + 1, using: &chance)]
        }
    }

    /// A body with the member in one of its objects, the body itself included.
    func added(to body: JSONObject, using chance: inout SeededGenerator) -> JSONObject {
        var places = Self.objectCount(in: .object(body))
        places = Int.random(in: 0..<places, using: &chance)
        return added(to: .object(body), at: &places).object ?? body
    }

    private static func objectCount(in value: JSON) -> Int {
        switch value {
        case .object(let object): object.members.reduce(1) { $0 + objectCount(in: $1.value) }
        case .array(let elements): elements.reduce(0) { $0 + objectCount(in: $1) }
        case .null, .bool, .number, .string: 0
        }
    }

    private func added(to value: JSON, at place: inout Int) -> JSON {
        switch value {
        case .object(var object):
            let isHere = place == 0
            place -= 1
            for member in object.members { object[member.key] = added(to: member.value, at: &place) }
            if isHere { object[key] = self.value }
            return .object(object)
        case .array(let elements): return .array(elements.map { added(to: $0, at: &place) })
        case .null, .bool, .number, .string: return value
        }
    }
}
