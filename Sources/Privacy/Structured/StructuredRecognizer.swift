internal import Domain

/// Finds what has a form of its own: addresses, numbers with checksums, dates of birth.
///
/// One pass over the bytes; each recognizer is asked only where its kind could begin, and looks no further than a
/// bounded distance. So the time is in proportion to the text, whatever the text is.
package struct StructuredRecognizer: Recognizer {
    private let vocabulary = Vocabulary.shared

    package init() {}

    package func find(in text: UnsafeBufferPointer<UInt8>, into entities: inout [Entity]) {
        var scan = Scan(text: text, vocabulary: vocabulary)
        scan.run()
        entities.append(contentsOf: scan.found)
    }
}

/// The pass at the place where it stands.
struct Scan {
    let text: UnsafeBufferPointer<UInt8>
    let vocabulary: Vocabulary
    var context = Context()
    var chain = DigitChain()
    var columns = Columns()
    var found: [Entity] = []
    /// The last single capitals, as of `D.O.B.`, a byte each.
    var initials: UInt32 = 0
    /// The last "Unit 6" that was passed, which may lead a street.
    var unit: Range<Int>?
    /// Where the last street, date of birth and so on ended.
    var lastLocationEnd = -1
    var lastBirthEnd = -1

    init(text: UnsafeBufferPointer<UInt8>, vocabulary: Vocabulary) {
        self.text = text
        self.vocabulary = vocabulary
    }

    mutating func run() {
        var offset = 0
        while offset < text.count {
            let byte = text[offset]
            if byte.isLetter || byte >= 0xC3 {
                offset = word(at: offset)
            } else if byte.isDigit {
                offset = number(at: offset)
            } else {
                offset = sign(byte, at: offset)
            }
        }
    }

    /// Anything but a word and a number; the offset to go on from.
    private mutating func sign(_ byte: UInt8, at offset: Int) -> Int {
        switch byte {
        case UInt8(ascii: "@"):
            return take(emailAddress(around: offset)) ?? offset + 1
        case UInt8(ascii: "+"), UInt8(ascii: "("):
            return take(signedPhone(at: offset)) ?? offset + 1
        case UInt8(ascii: ":"):
            return take(ipv6Address(at: offset)) ?? offset + 1
        case UInt8(ascii: "\n"):
            context.endLine(isQuestion: text.byte(offset - 1) == UInt8(ascii: "?"))
            context.name(columns.endLine())
        case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"):
            if endsSentence(offset) {
                context.endSentence()
                columns.endSentence()
            }
        case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|"), UInt8(ascii: "\""):
            context.name(columns.pass(byte))
        default:
            break
        }
        return offset + 1
    }

    /// Not the points of `D.O.B.`, nor the one behind a word that leads a date.
    private func endsSentence(_ offset: Int) -> Bool {
        guard text.space(at: offset + 1) > 0, let last = context.last, last.range.upperBound == offset else {
            return text.space(at: offset + 1) > 0
        }
        return last.range.count > 1 && !last.meaning.contains(.topic(.birth))
    }

    /// Keeps an entity; the offset behind it.
    mutating func take(_ entity: Entity?) -> Int? {
        guard let entity else { return nil }
        found.append(entity)
        if entity.type == .location { lastLocationEnd = entity.range.upperBound }
        if entity.type == .dateOfBirth {
            lastBirthEnd = entity.range.upperBound
            context.forget(.birth)
        }
        return entity.range.upperBound
    }
}
