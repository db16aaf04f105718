import Domain
import Logging
import Upstream

/// Keeps one publisher's list as new as its source, for as long as the gateway runs. ``AddressListSchedule`` says when it
/// is looked for, ``AddressList`` what is gone by; this acts.
struct AddressListRefresh: Sendable {
    let publisher: AddressPublisher
    let source: AddressListSource
    let lists: AddressLists
    let means: Means
    let logger: Logger

    /// What it acts with.
    struct Means: Sendable {
        let dataDirectory: String
        let download: AddressListDownload
        /// Brings what is in force to whoever goes by it. May not wait.
        let publish: @Sendable (AddressCatalogs) -> Void
        let clock: @Sendable () -> Timestamp
        /// Waits until a time, or for less.
        let pause: @Sendable (_ end: Timestamp) async throws -> Void
        /// From 0 to 1.
        let chance: @Sendable () -> Double
    }

    /// Goes on until it is cancelled. Never on an event loop: a list takes up to a second to read.
    @concurrent
    func run() async throws {
        var schedule = AddressListSchedule(source, at: means.clock())
        var stamp: AddressListFile.Stamp?
        while true {
            while means.clock() < schedule.due { try await means.pause(schedule.due) }
            let isSuccess = await look(since: &stamp)
            try Task.checkCancellation()
            schedule.looked(successfully: isSuccess, at: means.clock(), chance: means.chance())
        }
    }

    /// - Parameter stamp: of the file when it was read last.
    /// - Returns: false when what is there can't be used, or nothing is.
    private func look(since stamp: inout AddressListFile.Stamp?) async -> Bool {
        do {
            switch source {
            case .file(let path): try await read(AddressListFile(path), since: &stamp)
            case .url(let url): try await ask(url)
            }
            return true
        } catch {
            // Whoever is told to end has no failure to tell of.
            if !Task.isCancelled { await failed("\(error)") }
            return false
        }
    }

    private func read(_ file: AddressListFile, since stamp: inout AddressListFile.Stamp?) async throws {
        guard file.stamp != stamp else { return }
        // Also where it is of no use: it isn't read again before it has changed.
        stamp = file.stamp
        let content = try file.content()
        try await take(content.bytes, fetchedAt: means.clock(), savedAt: content.savedAt)
    }

    private func ask(_ url: String) async throws {
        let copy = AddressListCopy(of: publisher, in: means.dataDirectory)
        let inForce = await lists.list(of: publisher)?.inForce
        // Only of what is in force is it of use to hear that it's unchanged.
        let note = copy.note(of: url).flatMap { $0.sha256 == inForce?.sha256 ? $0 : nil }
        switch try await means.download.list(at: url, unless: note) {
        case .unchanged:
            guard let note = note?.confirmed(at: means.clock()) else { return }
            await confirm(fetchedAt: note.fetchedAt, savedAt: note.savedAt)
            keep { try copy.write(note) }
        case .list(let bytes, let etag, let lastModified):
            let note = AddressListCopy.Note(
                url: url, sha256: sha256Text(of: bytes), etag: etag, lastModified: lastModified,
                fetchedAt: means.clock())
            guard try await take(bytes, fetchedAt: note.fetchedAt, savedAt: note.savedAt) else { return }
            keep { try copy.write(bytes, note) }
        }
    }

    // MARK: Taking

    /// - Returns: whether it is in force now.
    @discardableResult
    private func take(_ bytes: [UInt8], fetchedAt: Timestamp, savedAt: Timestamp) async throws -> Bool {
        if sha256Text(of: bytes) == (await lists.list(of: publisher)?.inForce?.sha256) {
            await confirm(fetchedAt: fetchedAt, savedAt: savedAt)
            return true
        }
        let edition = try AddressListEdition(
            reading: bytes, of: publisher, fetchedAt: fetchedAt, savedAt: savedAt)
        let verdict = await change { $0.offered(edition) }
        report(verdict ?? .taken, on: edition.catalog)
        return verdict == .taken
    }

    private func confirm(fetchedAt: Timestamp, savedAt: Timestamp) async {
        await change { $0.confirmed(fetchedAt: fetchedAt, savedAt: savedAt) }
        logger.debug("A list of addresses is still the newest", metadata: ["publisher": "\(publisher.rawValue)"])
    }

    @discardableResult
    private func change<Value: Sendable>(_ change: @Sendable (inout AddressList) -> Value) async -> Value? {
        await lists.change(publisher, publish: means.publish, change)
    }

    private func keep(_ write: () throws -> Void) {
        do { try write() } catch {
            logger.warning(
                "A list of addresses could not be kept; after a restart there is none until its source answers",
                metadata: ["publisher": "\(publisher.rawValue)", "error": "\(error)"])
        }
    }

    // MARK: Telling

    private func report(_ verdict: AddressList.Verdict, on catalog: AddressCatalog) {
        var metadata: Logger.Metadata = [
            "publisher": "\(publisher.rawValue)", "version": "\(catalog.version)",
            "published": "\(catalog.publishedAt.map { "\($0)" } ?? "unknown")",
        ]
        switch verdict {
        case .taken: logger.notice("A list of addresses is in force", metadata: metadata)
        case .heldBack(let losses):
            metadata["losses"] = .array(
                losses.map { "\($0.region): \($0.after) of \($0.before) prefixes are left" })
            metadata["hint"] = "\(hint)"
            logger.warning("A list of addresses was held back, and the one in force stays", metadata: metadata)
        }
    }

    private var hint: String {
        let restart =
            switch source {
            case .file: "start again"
            case .url: "remove '\(AddressListCopy(of: publisher, in: means.dataDirectory).path)' and start again"
            }
        return "If the publisher has given these up, \(restart), or set '\(Settings.acceptsLosses.key)' for a while."
    }

    private func failed(_ reason: String) async {
        let isThere = await change { list in
            list.failed(reason)
            return list.inForce != nil
        }
        logger.warning(
            isThere ?? false
                ? "A list of addresses could not be renewed; the one in force is used on"
                : "There is no list of addresses; nothing is sent where one is enforced",
            metadata: ["publisher": "\(publisher.rawValue)", "source": "\(source)", "error": "\(reason)"])
    }
}
