#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A member of a request that only names something that the provider keeps, such as an uploaded file.
///
/// The provider looks for it among all that its account keeps. Callers of a gateway share one account, so whoever knew an
/// id could have another's file read: a request with such a member is refused by the member's name, on every wire and for
/// every route.
///
/// Sources: the request schemas of OpenAI's Chat Completions and Responses, and of Anthropic's Messages.
enum StoredReference {
    case file, files, vectorStores, container, containerID, skill, audio

    /// What is called so means this wherever it stands, but for what callers make up themselves. The bytes are those of a
    /// key without escapes.
    @inline(__always)
    init?(key: UnsafeRawBufferPointer) {
        switch key.count {
        case 5 where key.is("audio"): self = .audio
        case 7 where key.is("file_id"): self = .file
        case 8 where key.is("file_ids"): self = .files
        case 8 where key.is("skill_id"): self = .skill
        case 9 where key.is("container"): self = .container
        case 12 where key.is("container_id"): self = .containerID
        case 16 where key.is("vector_store_ids"): self = .vectorStores
        default: return nil
        }
    }

    /// What isn't offered, and what to do instead.
    ///
    /// - Parameter place: the member's, such as `tools[0].container`.
    func message(for place: String) -> String {
        switch self {
        case .file, .files: "No uploaded file can be used here. Send the file itself in place of '\(place)'."
        case .vectorStores:
            "No vector store can be used here. Leave out '\(place)', and send the texts that are to be looked through."
        case .container, .containerID:
            "No container can be used again here. Leave out '\(place)', and send what is to be in a new one."
        case .skill: "Only skills that the provider offers to everybody can be used here. Leave out '\(place)'."
        case .audio: "No sound is stored here. Send the text of the earlier answer in place of '\(place)'."
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes are those of a name of the same length.
    @inline(__always)
    func `is`(_ name: StaticString) -> Bool {
        guard let baseAddress else { return false }
        return memcmp(baseAddress, name.utf8Start, name.utf8CodeUnitCount) == 0
    }
}
