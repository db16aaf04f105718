import Domain
import Wire

/// A value in an address file that knows where it stands, so that an error can say so.
struct RangeNode {
    let value: JSON
    private let place: Place
    private let publisher: AddressPublisher

    /// Put into words only when an error needs them: a file has tens of thousands of values.
    private indirect enum Place {
        case file
        case member(String, of: Place)
        case element(Int, of: Place)

        var text: String {
            switch self {
            case .file: ""
            case .member(let name, .file): name
            case .member(let name, let outer): "\(outer.text).\(name)"
            case .element(let index, let outer): "\(outer.text)[\(index)]"
            }
        }
    }

    init(parsing bytes: [UInt8], of publisher: AddressPublisher) throws(AddressCatalogError) {
        do throws(JSONError) {
            value = try JSON(parsing: bytes, maximumDepth: 20)
        } catch {
            throw AddressCatalogError(publisher: publisher, place: "", problem: "isn't JSON: \(error)")
        }
        place = .file
        self.publisher = publisher
    }

    private init(_ value: JSON, at place: Place, of publisher: AddressPublisher) {
        self.value = value
        self.place = place
        self.publisher = publisher
    }

    func error(_ problem: String) -> AddressCatalogError {
        AddressCatalogError(publisher: publisher, place: place.text, problem: problem)
    }
}

/// Going down. The names are ours, so that they may stand in errors.
extension RangeNode {
    func member(_ name: StaticString) throws(AddressCatalogError) -> RangeNode {
        guard value.object != nil else { throw error("isn't an object") }
        guard let member = optionalMember(name) else { throw error("has no member '\(name)'") }
        return member
    }

    func optionalMember(_ name: StaticString) -> RangeNode? {
        let name = name.description
        return value[name].map { RangeNode($0, at: .member(name, of: place), of: publisher) }
    }

    /// The elements of a list that may not be empty: no publisher has nothing to list, so such a file is a broken one.
    func elements() throws(AddressCatalogError) -> [RangeNode] {
        guard let elements = value.array else { throw error("isn't a list") }
        guard !elements.isEmpty else { throw error("is empty") }
        return elements.enumerated().map { RangeNode($1, at: .element($0, of: place), of: publisher) }
    }
}
