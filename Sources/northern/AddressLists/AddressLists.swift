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
