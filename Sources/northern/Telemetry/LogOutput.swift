import Domain
import Foundation
import Logging
import Synchronization
import Wire

/// How a log line is written.
enum LogFormat: String, CaseIterable, Sendable { case text, json }

/// What is logged, and how, for all loggers of the process: a reload changes it while they are in use.
final class LogOutput: Sendable {
    private let state: Mutex<(level: Logger.Level, format: LogFormat)>

    init(_ level: Logger.Level, _ format: LogFormat) { state = Mutex((level, format)) }

    var level: Logger.Level { state.withLock { $0.level } }
    var format: LogFormat { state.withLock { $0.format } }

    func change(to level: Logger.Level, _ format: LogFormat) { state.withLock { $0 = (level, format) } }

    /// A logger that writes to standard error.
    func makeLogger() -> Logger { Logger(label: "northern") { OutputLogHandler(self, label: $0) } }
}

/// Writes lines as text or as JSON, one object each, as the output says at that moment.
struct OutputLogHandler: LogHandler {
    private let output: LogOutput
    private let label: String
    private var text: StreamLogHandler
    /// Where somebody wants another level for one logger.
    private var ownLevel: Logger.Level?
    var metadata: Logger.Metadata = [:] { didSet { text.metadata = metadata } }

    init(_ output: LogOutput, label: String) {
        self.output = output
        self.label = label
        text = StreamLogHandler.standardError(label: label)
        text.logLevel = .trace
    }

    var logLevel: Logger.Level {
        get { ownLevel ?? output.level }
        set { ownLevel = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        switch output.format {
        case .text: text.log(event: event)
        case .json: FileHandle.standardError.write(Data(line(of: event, at: wallClock())))
        }
    }

    /// One object, and what ends the line. Metadata is beside the message, in an object of its own: whatever it is called,
    /// it takes no other member's place.
    func line(of event: LogEvent, at time: Timestamp) -> [UInt8] {
        var object: JSONObject = [
            "time": .string(time.description), "level": .string(event.level.rawValue), "logger": .string(label),
            "source": .string(event.source), "message": .string("\(event.message)"),
        ]
        let all = metadata.merging(event.metadata ?? [:]) { _, own in own }
        if !all.isEmpty { object["metadata"] = .object(all.json) }
        return JSON.object(object).bytes() + [UInt8(ascii: "\n")]
    }
}

extension Logger.Metadata {
    fileprivate var json: JSONObject {
        var object = JSONObject()
        for (key, value) in sorted(by: { $0.key < $1.key }) { object[key] = value.json }
        return object
    }
}

extension Logger.MetadataValue {
    fileprivate var json: JSON {
        switch self {
        case .string(let text): .string(text)
        case .stringConvertible(let value): .string(value.description)
        case .array(let values): .array(values.map(\.json))
        case .dictionary(let members): .object(members.json)
        }
    }
}
