import Foundation

/// A point on the ground.
struct Place: Hashable, Sendable {
    let town: String
    /// ISO 3166-1 alpha-2.
    let country: String
    /// Degrees, east and north.
    let east: Double
    let north: Double
}

extension Place {
    private static let montreal = Place(town: "Montréal", country: "CA", east: -73.6, north: 45.5)
    private static let quebec = Place(town: "Québec", country: "CA", east: -71.2, north: 46.8)
    private static let toronto = Place(town: "Toronto", country: "CA", east: -79.4, north: 43.7)
    private static let calgary = Place(town: "Calgary", country: "CA", east: -114.1, north: 51)
    private static let virginia = Place(town: "Virginia", country: "US", east: -77.5, north: 39)
    private static let ohio = Place(town: "Ohio", country: "US", east: -82.9, north: 40)
    private static let oregon = Place(town: "Oregon", country: "US", east: -120.5, north: 45)
    private static let california = Place(town: "California", country: "US", east: -121, north: 37.5)
    private static let iowa = Place(town: "Iowa", country: "US", east: -95.9, north: 41.3)
    private static let texas = Place(town: "Texas", country: "US", east: -98.5, north: 29.8)
    private static let illinois = Place(town: "Illinois", country: "US", east: -88, north: 41.9)
    private static let carolina = Place(town: "South Carolina", country: "US", east: -80, north: 33.2)
    private static let dublin = Place(town: "Dublin", country: "IE", east: -6.3, north: 53.3)
    private static let london = Place(town: "London", country: "GB", east: -0.1, north: 51.5)
    private static let paris = Place(town: "Paris", country: "FR", east: 2.3, north: 48.9)
    private static let frankfurt = Place(town: "Frankfurt", country: "DE", east: 8.7, north: 50.1)
    private static let belgium = Place(town: "St. Ghislain", country: "BE", east: 3.8, north: 50.5)
    private static let netherlands = Place(town: "Amsterdam", country: "NL", east: 4.9, north: 52.4)

    /// Where regions are, by the providers' own documentation: the town that they name, or the state's middle.
    private static let byRegion: [String: Place] = [
        "ca-central-1": montreal, "northamerica-northeast1": montreal, "ca-montreal-1": montreal,
        "canadaeast": quebec, "canadacentral": toronto, "northamerica-northeast2": toronto, "ca-toronto-1": toronto,
        "ca-west-1": calgary, "us-east-1": virginia, "us-east4": virginia, "eastus": virginia, "eastus2": virginia,
        "us-east-2": ohio, "us-east5": ohio, "us-west-2": oregon, "us-west1": oregon, "us-west-1": california,
        "westus": california, "us-central1": iowa, "centralus": iowa, "southcentralus": texas, "us-south1": texas,
        "northcentralus": illinois, "us-east1": carolina, "eu-west-1": dublin, "northeurope": dublin,
        "eu-west-2": london, "europe-west2": london, "uksouth": london, "eu-west-3": paris, "europe-west9": paris,
        "francecentral": paris, "eu-central-1": frankfurt, "europe-west3": frankfurt, "germanywestcentral": frankfurt,
        "europe-west1": belgium, "europe-west4": netherlands, "westeurope": netherlands,
    ]

    /// Nil for what isn't one place, such as `global`, and for regions that we don't know.
    init?(region: String) {
        guard let place = Self.byRegion[region] else { return nil }
        self = place
    }
}

/// A point of the map: Lambert's azimuthal equal-area projection about a point in Labrador, so that Canada, the Atlantic
/// and Europe's coast are all near the middle.
///
/// J. P. Snyder, Map Projections: A Working Manual, USGS Professional Paper 1395, pages 182 to 190.
struct MapPoint: Hashable {
    static let width = 960.0
    static let height = 470.0
    let x: Double
    let y: Double

    init(east: Double, north: Double) {
        let (middle, latitude) = (52 * Double.pi / 180, north * .pi / 180)
        let longitude = (east + 64) * .pi / 180
        let towards = cos(latitude) * cos(longitude)
        let cosine = sin(middle) * sin(latitude) + cos(middle) * towards
        let size = 540 * (2 / max(0.1, 1 + cosine)).squareRoot()
        x = 470 + size * cos(latitude) * sin(longitude)
        y = 290 - size * (cos(middle) * sin(latitude) - sin(middle) * towards)
    }

    init(_ place: Place) { self.init(east: place.east, north: place.north) }
}

extension MapOutline {
    /// As data of one path each.
    static let land = others.map { path($0) + "z" }.joined()
    static let home = canada.map { path($0) + "z" }.joined()
    static let lines = provinces.map(path).joined()

    private static func path(_ outline: String) -> String {
        let points = outline.split(whereSeparator: \.isWhitespace).compactMap { pair -> String? in
            let degrees = pair.split(separator: ",").compactMap { Double($0) }
            guard degrees.count == 2 else { return nil }
            let point = MapPoint(east: degrees[0], north: degrees[1])
            return "\(Int(point.x.rounded())) \(Int(point.y.rounded()))"
        }
        return "M" + points.joined(separator: "L")
    }
}
