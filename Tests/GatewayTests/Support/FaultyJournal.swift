import Domain
import Synchronization

/// Whether what a gateway writes to refuses, as on a full disk.
final class DiskFault: Sendable {
    private let isOn = Atomic<Bool>(false)

    var isPresent: Bool {
        get { isOn.load(ordering: .sequentiallyConsistent) }
        set { isOn.store(newValue, ordering: .sequentiallyConsistent) }
    }
}

/// A journal that can be told to fail.
final class FaultyJournal: CustodyJournal {
    private let journal: any CustodyJournal
    private let fault: DiskFault

    init(_ journal: any CustodyJournal, _ fault: DiskFault) {
        self.journal = journal
        self.fault = fault
    }

    struct DiskIsFull: Error {}

    var hasRoom: Bool { journal.hasRoom }

    func append(_ entry: LedgerEntry) { journal.append(entry) }

    func commit() throws {
        if fault.isPresent { throw DiskIsFull() }
        try journal.commit()
    }
}

/// A book of mappings that can be told to fail.
struct FaultyMappingBook: RouteMappingBook {
    let book: any RouteMappingBook
    let fault: DiskFault

    func change(_ change: RouteMappingChange) throws -> RouteMappings {
        if fault.isPresent { throw FaultyJournal.DiskIsFull() }
        return try book.change(change)
    }
}
