import Domain

/// A picture of numbers by day: what was used, by route or as a whole.
struct Chart {
    /// A row of numbers, one for each day.
    struct Series {
        let name: String
        let values: [Double]
    }

    enum Form: Sendable {
        /// The series stand on each other.
        case bars
        case lines
    }

    /// Of letters and digits, once on a page.
    let id: String
    let title: String
    let days: [CalendarDate]
    /// What is above the sixth is drawn as one series, with this name.
    let series: [Series]
    let form: Form
    let language: Language

    static let width = 760
    static let height = 260
    private static let (left, right, top, bottom) = (64.0, 748.0, 12.0, 226.0)

    /// - Parameter series: what has no number for a day, or none that is one, is 0 then.
    init(
        id: String, title: String, days: [CalendarDate], series: [Series], form: Form = .bars, in language: Language
    ) {
        self.id = id
        self.title = title
        self.days = days
        self.form = form
        self.language = language
        let whole = series.map { one in
            Series(name: one.name, values: days.indices.map { Self.number(one.values, at: $0) })
        }
        let rest = whole.dropFirst(whole.count > 6 ? 5 : 6)
        let sums = days.indices.map { day in rest.reduce(0) { $0 + $1.values[day] } }
        let others = Series(name: language.say("Others", "Autres"), values: sums)
        self.series = rest.isEmpty ? whole : whole.prefix(5) + [others]
    }

    private static func number(_ values: [Double], at index: Int) -> Double {
        guard values.indices.contains(index), values[index].isFinite else { return 0 }
        return min(max(0, values[index]), 1e15)
    }

    // MARK: The picture

    var svg: String {
        var picture = SVG(id: id, width: Self.width, height: Self.height, title: title, description: summary)
        let ticks = Self.ticks(upTo: highest)
        let scale = (Self.bottom - Self.top) / (ticks.last ?? 1)
        for tick in ticks {
            let y = Self.bottom - tick * scale
            picture.path("M\(Self.left.short) \(y.short)H\(Self.right.short)", tick == 0 ? "axis" : "grid")
            picture.words(Self.label(tick, language), Self.left - 8, y + 4, "faint", .end)
        }
        drawDays(in: &picture)
        switch form {
        case .bars: drawBars(in: &picture, scale)
        case .lines: drawLines(in: &picture, scale)
        }
        return picture.finished
    }

    private var step: Double { (Self.right - Self.left) / Double(max(1, days.count)) }

    private var highest: Double {
        days.indices.map { day in
            let values = series.map { $0.values[day] }
            return form == .bars ? values.reduce(0, +) : values.max() ?? 0
        }.max() ?? 0
    }

    private func drawDays(in picture: inout SVG) {
        guard let last = days.indices.last else { return }
        let stride = max(1, (days.count + 5) / 6)
        for day in Swift.stride(from: 0, through: last, by: stride) {
            picture.words(
                days[day].description, Self.left + (Double(day) + 0.5) * step, Self.bottom + 20, "faint", .middle)
        }
    }

    /// One path for each series: several hundred bars are then a few kilobytes.
    private func drawBars(in picture: inout SVG, _ scale: Double) {
        var floors = days.map { _ in Self.bottom }
        let width = max(0.6, step * 0.76)
        for (index, one) in series.enumerated() {
            var data = ""
            for day in days.indices where one.values[day] > 0 {
                let height = one.values[day] * scale
                floors[day] -= height
                let x = Self.left + Double(day) * step + (step - width) / 2
                data += "M\(x.short) \(floors[day].short)h\(width.short)v\(height.short)h-\(width.short)z"
            }
            if !data.isEmpty { picture.path(data, "bar s\(index + 1)") }
        }
    }

    private func drawLines(in picture: inout SVG, _ scale: Double) {
        for (index, one) in series.enumerated() where !days.isEmpty {
            let points = days.indices.map { day in
                "\((Self.left + (Double(day) + 0.5) * step).short) \((Self.bottom - one.values[day] * scale).short)"
            }
            picture.path("M" + points.joined(separator: "L"), "line s\(index + 1) d\(index + 1)")
        }
    }

    // MARK: In words

    private var summary: String {
        let sums = series.map { one in "\(one.name) \(Self.label(one.values.reduce(0, +), language))" }
        let span = days.first.flatMap { first in days.last.map { "\(first) – \($0)" } } ?? ""
        return sums.isEmpty
            ? language.say("There is nothing to show.", "Il n'y a rien à montrer.")
            : "\(span): \(sums.joined(separator: "; "))"
    }

    /// What the series' colours mean, as a list; empty for a single one.
    var legend: String {
        guard series.count > 1 else { return "" }
        let items = series.enumerated().map { index, one in
            let mark =
                form == .bars
                ? "<rect class=\"s\(index + 1)\" width=\"24\" height=\"10\"/>"
                : "<path class=\"line s\(index + 1) d\(index + 1)\" d=\"M0 5H24\"/>"
            return "<li><svg viewBox=\"0 0 24 10\" aria-hidden=\"true\">\(mark)</svg>"
                + "\(one.name.escapedForHTML)</li>"
        }
        return "<ul class=\"keys\">\(items.joined())</ul>"
    }

    /// The same numbers, for who doesn't see the picture or wants them exactly. Days without any are left out.
    var table: String {
        let heads = series.map { "<th scope=\"col\" class=\"number\">\($0.name.escapedForHTML)</th>" }.joined()
        let rows = days.indices.filter { day in series.contains { $0.values[day] > 0 } }.map { day in
            let cells = series.map { "<td class=\"number\">\(Self.label($0.values[day], language))</td>" }.joined()
            return "<tr><th scope=\"row\">\(days[day])</th>\(cells)</tr>"
        }
        return "<details><summary>\(language.say("As a table", "En tableau"))</summary><div class=\"wide\"><table>"
            + "<caption>\(title.escapedForHTML)</caption><thead><tr><th scope=\"col\">\(language.say("Day", "Jour"))</th>"
            + "\(heads)</tr></thead><tbody>\(rows.joined())</tbody></table></div></details>"
    }

    /// All three, to stand in a page as it is.
    var html: String { "<figure>\(svg)\(legend)\(table)</figure>" }

    // MARK: Numbers

    /// From 0 to the first that is not below the highest value, in steps of 1, 2 or 5 times a power of ten.
    static func ticks(upTo highest: Double) -> [Double] {
        guard highest > 0 else { return [0, 1] }
        var power = 1.0
        while power * 10 <= highest / 4 { power *= 10 }
        while power > highest / 4 && power > 1e-12 { power /= 10 }
        let step = [1, 2, 5, 10].map { $0 * power }.first { highest / $0 <= 5 } ?? power * 10
        let count = Int((highest / step).rounded(.up))
        return (0...max(1, count)).map { Double($0) * step }
    }

    /// As short as a scale needs it: 1.5M for a million and a half.
    static func label(_ value: Double, _ language: Language) -> String {
        let units: [(Double, String)] = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e4, "k")]
        let unit = units.first { value >= $0.0 }
        let size = unit.map { $0.0 == 1e4 ? 1e3 : $0.0 } ?? 1
        let number = value / size
        var digits = number >= 1 || number == 0 ? number.short : fraction(number)
        if language == .french { digits = digits.replacing(".", with: ",") }
        return digits + (unit?.1 ?? "")
    }

    /// To nine decimals: fractions of a cent are told as they are, and not with an exponent.
    private static func fraction(_ number: Double) -> String {
        let digits = String(Int((number * 1e9).rounded()))
        let padded = String(repeating: "0", count: max(0, 10 - digits.count)) + digits
        let kept = padded.suffix(9).reversed().drop { $0 == "0" }.reversed()
        return String(padded.dropLast(9)) + (kept.isEmpty ? "" : "." + String(kept))
    }
}
