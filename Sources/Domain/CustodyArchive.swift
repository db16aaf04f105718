/// Port: records that can be read back, each by the organization that it belongs to. Waits for the disk, so it is never
/// asked on an event loop.
public protocol CustodyArchive: Sendable {
    /// Nil when the organization has none with this id.
    func record(_ id: RequestID, of organization: OrganizationID) throws -> ArchivedRecord?
    /// The newest first.
    func records(_ query: CustodyQuery, of organization: OrganizationID) throws -> CustodyPage
    /// Nil when the organization has no record with this id.
    func receipt(_ id: RequestID, of organization: OrganizationID) throws -> CustodyReceipt?
    /// Closed records with their proofs, the oldest first. Nil as long as nothing was published.
    func export(_ query: CustodyQuery, of organization: OrganizationID) throws -> CustodyExport?
}

/// A record as it is kept.
public struct ArchivedRecord: Sendable {
    public let id: RequestID
    /// Canonical JSON text.
    public let json: [UInt8]
    public let isOpen: Bool
    /// Nil as long as it is open, and where it was closed before there was a log.
    public let place: LogPlace?

    public init(id: RequestID, json: [UInt8], isOpen: Bool, place: LogPlace?) {
        self.id = id
        self.json = json
        self.isOpen = isOpen
        self.place = place
    }
}

/// Where a record stands in the transparency log.
public struct LogPlace: Hashable, Sendable {
    /// Of its entry, from 0.
    public let index: Int
    /// What the entry was made with beside the record: 32 hex digits.
    public let salt: String

    public init(index: Int, salt: String) {
        self.index = index
        self.salt = salt
    }
}

/// Which records are wanted.
public struct CustodyQuery: Hashable, Sendable {
    /// When they were opened, this moment included; nil: from the first on.
    public var from: Timestamp?
    /// When they were opened, this moment not included; nil: to the last.
    public var to: Timestamp?
    public var route: Route.ID?
    public var key: APIKey.ID?
    public var outcome: CustodyRecord.Outcome?
    /// How many at most.
    public var limit: Int
    /// Only what comes after this record, in the order at hand.
    public var cursor: RequestID?

    public init(limit: Int) { self.limit = limit }
}

/// Some records, and where to go on.
public struct CustodyPage: Sendable {
    public let records: [ArchivedRecord]
    /// The ``CustodyQuery/cursor`` of the next page; nil at the end.
    public let next: RequestID?

    public init(records: [ArchivedRecord], next: RequestID?) {
        self.records = records
        self.next = next
    }
}

/// What shows to others that a record is in the log.
public enum CustodyReceipt: Sendable {
    /// A `.tlog-proof` file.
    case file([UInt8])
    /// The request isn't over.
    case open
    /// No checkpoint has its entry yet; the next one will.
    case unpublished
    /// It was closed before there was a log.
    case unlogged
}

/// Records with proofs that one checkpoint's tree has their entries.
public struct CustodyExport: Sendable {
    /// The signed note.
    public let checkpoint: String
    public let records: [Proven]
    /// The ``CustodyQuery/cursor`` of the next part; nil at the end.
    public let next: RequestID?

    public struct Proven: Sendable {
        public let json: [UInt8]
        public let place: LogPlace
        /// Hashes in Base64, the leaf's sibling first.
        public let proof: [String]

        public init(json: [UInt8], place: LogPlace, proof: [String]) {
            self.json = json
            self.place = place
            self.proof = proof
        }
    }

    public init(checkpoint: String, records: [Proven], next: RequestID?) {
        self.checkpoint = checkpoint
        self.records = records
        self.next = next
    }
}

/// Port: the transparency log as everybody may see it. Waits for the disk, so it is never asked on an event loop.
public protocol PublishedLog: Sendable {
    /// The last checkpoint, a signed note; nil before the first.
    func checkpoint() throws -> String?
    /// A tile as it is served; nil for a path that has none, or not yet.
    ///
    /// - Parameter path: as in `tile/0/x001/067.p/5`.
    func tile(_ path: String) throws -> [UInt8]?
    /// Who has signed, who signs, and the log's name.
    func identity() throws -> LogIdentity
}

/// A log's name and the keys of its checkpoints.
public struct LogIdentity: Hashable, Sendable {
    public let origin: String
    public let keys: [Key]
    /// Who is asked to cosign its checkpoints.
    public let witnesses: [Witness]

    public struct Witness: Hashable, Sendable {
        public let name: String
        /// As verifiers of signed notes take it: `name+id+key`.
        public let verifierKey: String

        public init(name: String, verifierKey: String) {
            self.name = name
            self.verifierKey = verifierKey
        }
    }

    public struct Key: Hashable, Sendable {
        /// 8 hex digits.
        public let id: String
        /// 32 bytes of Ed25519, in Base64.
        public let publicKey: String
        /// As verifiers of signed notes take it: `name+id+key`.
        public let verifierKey: String
        public let notBefore: Timestamp
        /// Nil as long as no other key has taken its place.
        public let notAfter: Timestamp?

        public init(
            id: String, publicKey: String, verifierKey: String, notBefore: Timestamp, notAfter: Timestamp?
        ) {
            self.id = id
            self.publicKey = publicKey
            self.verifierKey = verifierKey
            self.notBefore = notBefore
            self.notAfter = notAfter
        }
    }

    public init(origin: String, keys: [Key], witnesses: [Witness] = []) {
        self.origin = origin
        self.keys = keys
        self.witnesses = witnesses
    }
}
