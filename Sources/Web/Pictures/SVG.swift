/// Writes a picture: elements whose attributes are ours, with texts that may be anybody's.
///
/// Colours come from classes of the style sheet, never from attributes: so a picture follows light and dark, and the
/// pages' policy needs no exception for inline style.
struct SVG {
    private(set) var text: String

    /// - Parameters:
    ///   - id: of letters and digits; the title's and the description's ids begin with it.
    ///   - title: what it is, for who doesn't see it.
    ///   - description: what it shows, in a sentence or two.
    init(id: String, width: Int, height: Int, title: String, description: String) {
        text =
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" class=\"picture\" role=\"img\""
            + " aria-labelledby=\"\(id)-title \(id)-desc\"><title id=\"\(id)-title\">\(title.escapedForHTML)</title>"
            + "<desc id=\"\(id)-desc\">\(description.escapedForHTML)</desc>"
    }

    mutating func path(_ data: String, _ className: String) {
        text += "<path class=\"\(className)\" d=\"\(data)\"/>"
    }

    mutating func rectangle(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ className: String, round: Int = 0
    ) {
        text +=
            "<rect class=\"\(className)\" x=\"\(x.short)\" y=\"\(y.short)\" width=\"\(width.short)\""
            + " height=\"\(height.short)\"\(round > 0 ? " rx=\"\(round)\"" : "")/>"
    }

    mutating func circle(_ x: Double, _ y: Double, _ radius: Double, _ className: String) {
        text += "<circle class=\"\(className)\" cx=\"\(x.short)\" cy=\"\(y.short)\" r=\"\(radius.short)\"/>"
    }

    enum Anchor: String {
        case start, middle, end
    }

    mutating func words(_ words: String, _ x: Double, _ y: Double, _ className: String = "", _ anchor: Anchor = .start)
    {
        let role = className.isEmpty ? "" : " class=\"\(className)\""
        let side = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
        text += "<text\(role) x=\"\(x.short)\" y=\"\(y.short)\"\(side)>\(words.escapedForHTML)</text>"
    }

    var finished: String { text + "</svg>" }
}

extension Double {
    /// With one decimal at most: a pixel's tenth is all that can be seen.
    var short: String {
        guard isFinite, abs(self) < 1_000_000 else { return "0" }
        let tenths = Int((self * 10).rounded())
        let (whole, rest) = tenths.magnitude.quotientAndRemainder(dividingBy: 10)
        return (tenths < 0 ? "-" : "") + "\(whole)" + (rest == 0 ? "" : ".\(rest)")
    }
}
