/// What the template `guides` shows: the list of all guides.
struct GuidesPage {
    let guides: [GuideEntry]

    init() { guides = GuideEntry.all(current: nil) }
}

/// What the template `guide` shows.
struct GuidePage {
    let title: String
    /// Rendered and escaped.
    let html: String
    let guides: [GuideEntry]
    let sections: [Section]

    struct Section {
        let title: String
        let anchor: String
    }

    init(_ guide: Guide) {
        title = guide.blocks.title
        html = guide.blocks.html(resolving: Guide.address)
        guides = GuideEntry.all(current: guide.slug)
        sections = guide.blocks.compactMap { block in
            guard case .heading(2, let spans) = block else { return nil }
            return Section(title: spans.plainText, anchor: spans.anchor)
        }
    }
}

/// A guide in a list of guides.
struct GuideEntry {
    let slug: String
    let title: String
    let summary: String
    let isCurrent: Bool

    static func all(current: String?) -> [GuideEntry] {
        Guide.all.map { guide in
            GuideEntry(
                slug: guide.slug, title: guide.blocks.title, summary: guide.blocks.summary,
                isCurrent: guide.slug == current)
        }
    }
}
