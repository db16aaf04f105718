import Domain
import Wire

extension PrefixListing {
    /// Reads the weekly `ServiceTags_Public_….json`, or the same from the management API (Microsoft, "Virtual network
    /// service tags").
    ///
    /// All tags that have a region count alike, `AzureCloud.canadaeast` as well as `Storage.CanadaEast`: in the files that
    /// were looked at they never disagree.
    init(azure root: RangeNode) throws(AddressCatalogError) {
        let change = try root.member("changeNumber")
        guard let number = change.value.int, number >= 0 else { throw change.error("isn't a whole number") }
        self.init(version: String(number), publishedAt: nil)
        for tag in try root.member("values").elements() {
            let place = try place(ofAzure: tag)
            for node in try tag.member("properties").member("addressPrefixes").elements() {
                try add(try node.prefix(), place, from: node)
            }
        }
    }

    /// A tag without a region is one of two things. Front Door's addresses answer all over the world, and count so. The
    /// others only aren't broken down: `CognitiveServicesFrontend` lists the blocks of every region, and the prefix around
    /// each, in `AzureCloud.canadacentral` or another, says which is where. Were those taken for world-wide, no address
    /// of Azure OpenAI would prove anything; so they count only where no tag with a region does.
    private mutating func place(ofAzure tag: RangeNode) throws(AddressCatalogError) -> PrefixPlace {
        let name = try tag.member("name").text()
        let region = try tag.member("properties").member("region")
        if name.hasPrefix("AzureFrontDoor") { return .everywhere }
        if try region.text().isEmpty { return .unstated }
        let short = try region.regionName()
        return self.region(Self.azureNames[short] ?? short)
    }

    /// The file's short names of regions, by which nothing else of Azure calls them, and their usual ones.
    private static let azureNames = [
        "brazilne": "brazilnortheast", "brazilse": "brazilsoutheast", "centralfrance": "francecentral",
        "chilec": "chilecentral", "germanyn": "germanynorth", "germanywc": "germanywestcentral",
        "norwaye": "norwayeast", "norwayw": "norwaywest", "southfrance": "francesouth",
        "switzerlandn": "switzerlandnorth", "switzerlandw": "switzerlandwest",
    ]
}
