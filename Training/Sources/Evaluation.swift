import Domain
import Foundation
import Privacy

/// Predictions for labelled texts, with what the structured recognizers would find taken from the labels.
struct Evaluation {
    let recognizer: NameRecognizer

    func predict(_ line: Substring) throws -> String? {
        guard let record = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
            let text = record["text"] as? String
        else { return nil }
        let scalars = Array(text.unicodeScalars)
        var offsets = [0]
        for scalar in scalars { offsets.append(offsets.last.map { $0 + String(scalar).utf8.count } ?? 0) }
        var spans: [[String: Any]] = []
        var structured: [Entity] = []
        for span in record["spans"] as? [[String: Any]] ?? [] {
            guard let start = span["start"] as? Int, let end = span["end"] as? Int, let type = span["type"] as? String,
                start < end, end <= scalars.count
            else { continue }
            let hasDigit = scalars[start..<end].contains { $0.properties.numericType != nil }
            guard type != "PERSON", type != "LOCATION" || hasDigit else { continue }
            structured.append(Entity(.phone, at: offsets[start]..<offsets[end], certainty: 255))
            spans.append(["start": start, "end": end, "type": type])
        }
        var found: [Entity] = []
        Array(text.utf8).withUnsafeBufferPointer { recognizer.find(in: $0, around: structured, into: &found) }
        for entity in found {
            guard let start = offsets.firstIndex(of: entity.range.lowerBound),
                let end = offsets.firstIndex(of: entity.range.upperBound)
            else { continue }
            spans.append(["start": start, "end": end, "type": entity.type == .name ? "PERSON" : "LOCATION"])
        }
        let answer: [String: Any] = ["id": record["id"] ?? "", "spans": spans]
        return String(decoding: try JSONSerialization.data(withJSONObject: answer, options: .sortedKeys), as: UTF8.self)
    }
}
