import Domain

/// What the template `guides` shows: the list of all guides.
struct GuidesPage {
    let guides: [GuideEntry]

    init(in language: Language) { guides = GuideEntry.all(current: nil, in: language) }
}

/// What the template `guide` shows.
struct GuidePage {
    let title: String
    /// Of the text, which isn't the page's where it isn't translated.
    let tag: String
    let isUntranslated: Bool
    /// Of the text, under `/docs/`.
    let file: String
    /// Nil: there is one language only, and so nothing to choose.
    let translations: [Translation]?
    /// Rendered and escaped.
    let html: String
    let guides: [GuideEntry]
    let sections: [Section]

    /// A language that the guide is to be had in.
    struct Translation {
        let tag: String
        let address: String
    }

    struct Section {
        let title: String
        let anchor: String
    }

    init(_ guide: Guide, in language: Language) {
        let text = guide.text(in: language)
        title = text.blocks.title
        tag = text.language.tag
        file = text.file
        isUntranslated = text.language != language
        translations = guide.french == nil ? nil : [Translation(guide, .english), Translation(guide, .french)]
        html = text.blocks.html(resolving: Guide.address)
        guides = GuideEntry.all(current: guide.slug, in: language)
        sections = text.blocks.compactMap { block in
            guard case .heading(2, let spans) = block else { return nil }
            return Section(title: spans.plainText, anchor: spans.anchor)
        }
    }
}

extension GuidePage.Translation {
    fileprivate init(_ guide: Guide, _ language: Language) {
        self.init(tag: language.tag, address: "/docs/\(guide.slug)?lang=\(language.tag)")
    }
}

/// A guide in a list of guides.
struct GuideEntry {
    let slug: String
    let tag: String
    let title: String
    let summary: String
    let isCurrent: Bool

    static func all(current: String?, in language: Language) -> [GuideEntry] {
        Guide.all.map { guide in
            let text = guide.text(in: language)
            return GuideEntry(
                slug: guide.slug, tag: text.language.tag, title: text.blocks.title, summary: text.blocks.summary,
                isCurrent: guide.slug == current)
        }
    }
}
