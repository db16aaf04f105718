import Domain
import Upstream
import Web

/// The lists of addresses of all publishers that are configured. Event loops have a snapshot of what is in force.
actor AddressLists {
    private var lists: [AddressPublisher: AddressList]
    /// Seconds.
    private let mostAge: Int64

    /// What is read of one list; the largest, Azure's, has less than a tenth.
    static let mostBytes = 64 << 20

    init(_ lists: [AddressPublisher: AddressList], mostAge: Int64) {
        self.lists = lists
        self.mostAge = mostAge
    }

    var inForce: AddressCatalogs {
        AddressCatalogs(lists.values.compactMap { $0.inForce?.catalog }, mostAge: mostAge)
    }

    func guardRegions(_ regions: (AddressPublisher) -> Set<String>) {
        for publisher in lists.keys { lists[publisher]?.guardedRegions = regions(publisher) }
    }

    func list(of publisher: AddressPublisher) -> AddressList? { lists[publisher] }

    /// - Parameter publish: told of what is in force afterwards, if that has changed. It may not wait, so that of two
    ///   changes the later one is published later.
    func change<Value: Sendable>(
        _ publisher: AddressPublisher, publish: @Sendable (AddressCatalogs) -> Void,
        _ change: @Sendable (inout AddressList) -> Value
    ) -> Value? {
        guard var list = lists[publisher] else { return nil }
        let before = list.inForce
        let value = change(&list)
        lists[publisher] = list
        let isSame =
            list.inForce?.sha256 == before?.sha256 && list.inForce?.catalog.publishedAt == before?.catalog.publishedAt
        if !isSame { publish(inForce) }
        return value
    }
}

extension AddressLists {
    /// For who only looks: asks for lists of which nothing is at hand that could be gone by, and keeps nothing of them.
    func fetchWhatIsMissing(with download: AddressListDownload, at now: Timestamp) async {
        for (publisher, list) in lists where [.missing, .stale].contains(state(of: list, at: now)) {
            guard case .url(let url) = list.source else { continue }
            lists[publisher] = await list.fetched(from: url, of: publisher, with: download, at: now)
        }
    }
}

extension AddressList {
    fileprivate func fetched(
        from url: String, of publisher: AddressPublisher, with download: AddressListDownload, at now: Timestamp
    ) async -> AddressList {
        var list = self
        do {
            guard case .list(let bytes, let etag, let date) = try await download.list(at: url, unless: nil) else {
                return self
            }
            let note = AddressListCopy.Note(
                url: url, sha256: sha256Text(of: bytes), etag: etag, lastModified: date, fetchedAt: now)
            _ = list.offered(
                try AddressListEdition(reading: bytes, of: publisher, fetchedAt: now, savedAt: note.savedAt))
        } catch {
            list.failed("\(error)")
        }
        return list
    }
}

extension AddressLists: AddressListReader {
    func addressLists(at now: Timestamp) -> [AddressListStatus] {
        lists.sorted { $0.key.rawValue < $1.key.rawValue }.map { publisher, list in
            AddressListStatus(
                publisher: publisher, source: list.source.description, state: state(of: list, at: now),
                version: list.inForce?.catalog.version, publishedAt: list.inForce?.catalog.publishedAt,
                fetchedAt: list.inForce?.fetchedAt, sha256: list.inForce?.sha256,
                heldBackVersion: list.heldBack?.version,
                losses: list.heldBack?.losses.map {
                    AddressListStatus.Loss(region: $0.region, before: $0.before, after: $0.after)
                } ?? [],
                problem: list.problem)
        }
    }

    private func state(of list: AddressList, at now: Timestamp) -> AddressListStatus.State {
        guard let catalog = list.inForce?.catalog else { return .missing }
        guard catalog.isCurrent(at: now, mostAge: mostAge) else { return .stale }
        return list.heldBack == nil ? .inForce : .heldBack
    }
}
