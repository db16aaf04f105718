public import Domain

/// Port: the lists of addresses that endpoints are held against.
public protocol AddressListReader: Sendable {
    /// Those that are configured, by the publisher's name.
    func addressLists(at now: Timestamp) async throws -> [AddressListStatus]
}

/// What is known of one publisher's list.
public struct AddressListStatus: Hashable, Sendable {
    public let publisher: AddressPublisher
    /// The file or the URL that it comes from.
    public let source: String
    public let state: State
    /// Nil, as all that is known of a list, where there is none.
    public let version: String?
    /// When the list was published, or saved where it doesn't say.
    public let publishedAt: Timestamp?
    /// When its source was last found to have it.
    public let fetchedAt: Timestamp?
    /// Of its bytes, in hexadecimal digits.
    public let sha256: String?
    /// Of a newer list that isn't gone by because of its losses.
    public let heldBackVersion: String?
    public let losses: [Loss]
    /// What the last look for a newer list has failed for.
    public let problem: String?

    public enum State: String, CaseIterable, Sendable {
        case inForce = "in_force"
        /// One is in force, and a newer one waits for a person's word.
        case heldBack = "held_back"
        /// It is too old to be gone by.
        case stale
        case missing
    }

    /// How many prefixes of a region the list in force has, and how many the one that is held back.
    public struct Loss: Hashable, Sendable {
        public let region: String
        public let before: Int
        public let after: Int

        public init(region: String, before: Int, after: Int) {
            self.region = region
            self.before = before
            self.after = after
        }
    }

    public init(
        publisher: AddressPublisher, source: String, state: State, version: String? = nil,
        publishedAt: Timestamp? = nil, fetchedAt: Timestamp? = nil, sha256: String? = nil,
        heldBackVersion: String? = nil, losses: [Loss] = [], problem: String? = nil
    ) {
        self.publisher = publisher
        self.source = source
        self.state = state
        self.version = version
        self.publishedAt = publishedAt
        self.fetchedAt = fetchedAt
        self.sha256 = sha256
        self.heldBackVersion = heldBackVersion
        self.losses = losses
        self.problem = problem
    }
}
