import Domain
import Foundation
import Testing
import Wire

@testable import Web

@Suite struct PictureTests {
    // MARK: Charts

    private func days(_ count: Int) -> [CalendarDate] {
        (0..<count).map { CalendarDate(daysSince1970: 20_700 + Int64($0)) }
    }

    @Test(
        arguments: [
            (0, [0, 1]), (1, [0, 0.2, 0.4, 0.6, 0.8, 1]), (7, [0, 2, 4, 6, 8]), (100, [0, 20, 40, 60, 80, 100]),
            (1234, [0, 500, 1000, 1500]),
        ] as [(Double, [Double])])
    func `a scale ends at or above the highest value, in round steps`(highest: Double, ticks: [Double]) {
        let found = Chart.ticks(upTo: highest)
        #expect(found.count == ticks.count)
        for (one, other) in zip(found, ticks) { #expect(abs(one - other) < 1e-9) }
    }

    @Test func `a year of six routes and more stays small, and the least are drawn as one`() {
        let series = (1...9).map { number in
            Chart.Series(name: "route-\(number)", values: (0..<366).map { Double($0 * number) })
        }
        for form in [Chart.Form.bars, .lines] {
            let chart = Chart(id: "use", title: "Requests", days: days(366), series: series, form: form, in: .french)
            #expect(chart.svg.utf8.count < 80_000)
            #expect(chart.series.count == 6 && chart.legend.contains("Autres"))
            #expect(!chart.svg.contains("style=") && !chart.svg.contains("fill="))
        }
    }

    @Test(arguments: [(0.00006, "0.00006"), (0.5, "0.5"), (0, "0"), (1_500_000, "1.5M"), (1e-12, "0")])
    func `an amount stands as it is, and never with an exponent`(value: Double, label: String) {
        #expect(Chart.label(value, .english) == label)
    }

    @Test func `a name of a series can't leave its text`() {
        let series = [Chart.Series(name: "<b>\"", values: [1, .nan, -.infinity]), .init(name: "x", values: [])]
        let html = Chart(id: "a", title: "<i>", days: days(3), series: series, in: .english).html
        #expect(!html.contains("<b>") && !html.contains("<i>") && !html.lowercased().contains("nan"))
    }

    // MARK: The way of a request

    private func record(_ attempts: String, processing: String = "CA") throws -> JSON {
        try JSON(
            parsing: Array(
                """
                {"id": "0af7651916cd43dd8448eb211c80319c", "outcome": "completed", "opened_at": "2026-11-27T12:00:00.000000Z",
                 "closed_at": "2026-11-27T12:00:02.000000Z", "attempts": [\(attempts)],
                 "residency": {"region": "ca-central-1", "jurisdiction": "CA", "processing": "\(processing)",
                 "storage": "CA", "exposure": "CA,US", "evidence": "declared", "processing_evidence": "constrained"}}
                """.utf8))
    }

    private func attempt(_ region: String, _ more: String = "") -> String {
        """
        {"route": "bedrock/x-ca", "provider": "bedrock", "region": "\(region)", "host": "h",
         "started_at": "2026-11-27T12:00:00.100000Z", "ended_at": "2026-11-27T12:00:01.250000Z"\(more)}
        """
    }

    @Test func `an attempt that failed is drawn too, with why, and where it went`() throws {
        let json = try record(
            attempt("ca-west-1", ", \"failure\": \"timeout\"") + ","
                + attempt("ca-central-1", ", \"status\": 200, \"evidence\": \"observed_network\""))
        let path = try #require(CustodyPath(record: json))
        let picture = CustodyPicture(path, in: .english)
        #expect(path.attempts.map(\.place?.town) == ["Calgary", "Montréal"])
        #expect(picture.svg.contains("hop failed") && picture.svg.contains("took too long"))
        #expect(picture.svg.contains("observed on the network") && picture.svg.contains("Processed only in: Canada"))
        #expect(picture.svg.contains("12:00:00.100 – 12:00:01.250"))
        #expect(picture.table.contains("<td>bedrock, ca-west-1</td>"))
        #expect(CustodyPicture(path, in: .french).svg.contains("a trop tardé"))
        #expect(!picture.html.contains("style="))
    }

    @Test func `a model that may have run anywhere is shown as anywhere, and not as a place`() throws {
        let path = try #require(CustodyPath(record: try record(attempt("global"), processing: "*")))
        let svg = CustodyPicture(path, in: .english).svg
        #expect(path.attempts.first?.place == nil)
        #expect(svg.contains("The model may have run anywhere") && svg.contains("anywhere (global)"))
    }

    @Test func `what isn't a record is no path`() throws {
        for text in ["{}", "[]", #"{"id":"a","outcome":"failed","opened_at":"x","attempts":[{}]}"#] {
            #expect(CustodyPath(record: try JSON(parsing: Array(text.utf8))) == nil)
        }
    }

    @Test func `a text of a record can't leave its element`() throws {
        let path = try #require(CustodyPath(record: try record(attempt("<script>", ", \"failure\": \"<b>\""))))
        let html = CustodyPicture(path, in: .english).html
        #expect(!html.contains("<script>") && !html.contains("<b>"))
    }

    @Test func `the map is under 12 kilobytes, and the places of regions are on it`() {
        #expect((MapOutline.land + MapOutline.home + MapOutline.lines).utf8.count < 12_000)
        for region in ["ca-central-1", "ca-west-1", "canadaeast", "canadacentral", "us-west-2", "eu-central-1"] {
            let point = Place(region: region).map(MapPoint.init)
            #expect(point.map { 0...MapPoint.width ~= $0.x && 0...MapPoint.height ~= $0.y } == true, "\(region)")
        }
    }
}
