import Domain
import Synchronization

/// Whether the journals of a gateway refuse to write, as on a full disk.
final class JournalFault: Sendable {
    private let isOn = Atomic<Bool>(false)

    var isPresent: Bool {
        get { isOn.load(ordering: .sequentiallyConsistent) }
        set { isOn.store(newValue, ordering: .sequentiallyConsistent) }
    }
}

/// A journal that can be told to fail.
final class FaultyJournal: CustodyJournal {
    private let journal: any CustodyJournal
    private let fault: JournalFault

    init(_ journal: any CustodyJournal, _ fault: JournalFault) {
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
