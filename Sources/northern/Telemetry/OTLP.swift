import Domain
import Wire

/// OpenTelemetry's protocol in its JSON form (opentelemetry-proto 1.x, "OTLP/HTTP"): ids as hex digits, 64-bit numbers as
/// texts, enumerations as numbers.
enum OTLP {
    static func attribute(_ name: String, _ text: String) -> JSON {
        ["key": .string(name), "value": ["stringValue": .string(text)]]
    }

    static func attribute(_ name: String, _ number: Int) -> JSON {
        ["key": .string(name), "value": ["intValue": .string(String(number))]]
    }

    static func attribute(_ name: String, _ flag: Bool) -> JSON {
        ["key": .string(name), "value": ["boolValue": .bool(flag)]]
    }

    static func nanoseconds(_ time: Timestamp) -> JSON { .string(String(max(0, time.microseconds)) + "000") }

    static let scope: JSON = ["name": "northern", "version": .string(Northern.version)]
}

/// What all that this process sends is about.
struct TelemetryResource: Sendable {
    let serviceName: String
    /// Another one for each start.
    let instance: String

    var json: JSON {
        [
            "attributes": [
                OTLP.attribute(Conventions.serviceName, serviceName),
                OTLP.attribute(Conventions.serviceVersion, Northern.version),
                OTLP.attribute(Conventions.serviceInstance, instance),
            ]
        ]
    }
}
