import NIOCore
import Pipeline
import Wire

/// A request's body as it comes in.
///
/// A large one stays in the pieces that were read, since making one text of them takes about as long as receiving them.
/// An outline is made of the pieces, which is all that a scan needs. Other bodies are one text, and so is a large one that
/// is made of short strings only, whose outline would be no shorter.
struct RequestBody: WholeText, Sendable {
    private(set) var pieces: [ByteBuffer] = []
    private(set) var count = 0
    private let form: Form
    /// Nil as long as the body is one text, and once it is again.
    private var outline: BodyOutline?
    private var mayBeOutlined: Bool
    /// Whether the last piece gathers small ones; the outline has none of them yet.
    private var isGathering = false

    struct Form {
        /// The length, where the head tells it.
        var length: Int?
        /// Whether the body will be scanned, and can be large.
        var isScanned: Bool
    }

    private enum Size {
        /// Up to here a body fits the processor's cache, so that copying it costs little.
        static let large = 256 << 10
        /// Smaller pieces are gathered, as are those that keep much larger memory from being freed.
        static let piece = 16 << 10
        static let gathered = 64 << 10
        /// An outline that is longer was of no use.
        static let outline = 128 << 10
    }

    init(_ form: Form) {
        self.form = form
        mayBeOutlined = form.isScanned
    }

    // MARK: Receiving

    mutating func take(_ bytes: ByteBuffer) {
        count += bytes.readableBytes
        if outline == nil, mayBeOutlined, max(count, form.length ?? 0) > Size.large { beginOutline(before: bytes) }
        if outline == nil { append(bytes) } else { takePiece(bytes) }
        if outline?.isUsable == false { join() }
    }

    /// All has come.
    mutating func finish() {
        gatheringEnds()
        outline?.finish()
        if outline?.isUsable == false { join() }
    }

    /// Makes one text of the pieces.
    mutating func join() {
        outline = nil
        mayBeOutlined = false
        isGathering = false
        guard pieces.count > 1 else { return }
        pieces = [Self.joined(pieces, capacity: max(count, form.length ?? 0))]
    }

    private mutating func append(_ bytes: ByteBuffer) {
        guard pieces.isEmpty else {
            pieces[0].writeImmutableBuffer(bytes)
            return
        }
        if let length = form.length, length > bytes.readableBytes {
            // Room for the whole at once. It costs nothing until it is filled, and the limit bounds it.
            pieces = [Self.joined([bytes], capacity: length)]
        } else {
            pieces = [bytes]
        }
    }

    // MARK: Pieces

    /// A body that comes as a whole needs no outline.
    private mutating func beginOutline(before bytes: ByteBuffer) {
        guard !pieces.isEmpty || form.length ?? Int.max > bytes.readableBytes else {
            mayBeOutlined = false
            return
        }
        outline = BodyOutline(limit: Size.outline)
        for piece in pieces { outline?.take(piece) }
    }

    private mutating func takePiece(_ bytes: ByteBuffer) {
        if bytes.readableBytes >= Size.piece, bytes.readableBytes / 3 >= bytes.storageCapacity / 4 {
            gatheringEnds()
            pieces.append(bytes)
            outline?.take(bytes)
        } else if isGathering, pieces[pieces.count - 1].readableBytes + bytes.readableBytes <= Size.gathered {
            pieces[pieces.count - 1].writeImmutableBuffer(bytes)
        } else {
            gatheringEnds()
            // It grows by doubling.
            pieces.append(Self.joined([bytes], capacity: bytes.readableBytes))
            isGathering = true
        }
    }

    private mutating func gatheringEnds() {
        if isGathering, let piece = pieces.last { outline?.take(piece) }
        isGathering = false
    }

    private static func joined(_ pieces: [ByteBuffer], capacity: Int) -> ByteBuffer {
        var whole = ByteBufferAllocator().buffer(capacity: capacity)
        for piece in pieces { whole.writeImmutableBuffer(piece) }
        return whole
    }

    // MARK: Looking at it

    /// Whether what is scanned isn't the whole.
    var isOutlined: Bool { outline != nil }

    /// What a scan looks through: the whole text, or its outline.
    func withScannable<T, Failure: Error>(
        _ use: (_ text: UnsafeRawBufferPointer, _ gaps: TextGaps) throws(Failure) -> T
    ) throws(Failure) -> T {
        guard let outline else { return try withWhole { (text) throws(Failure) in try use(text, TextGaps()) } }
        return try outline.text.withUnsafeBytes { text in
            Result { () throws(Failure) in try use(text, outline.gaps) }
        }.get()
    }

    /// The whole text, which for a large body is made for the purpose.
    func withWhole<T, Failure: Error>(
        _ use: (UnsafeRawBufferPointer) throws(Failure) -> T
    ) throws(Failure) -> T {
        let whole = pieces.count > 1 ? Self.joined(pieces, capacity: count) : pieces.first ?? ByteBuffer()
        return try whole.withUnsafeReadableBytes { text in
            Result { () throws(Failure) in try use(text) }
        }.get()
    }
}

extension BodyOutline {
    fileprivate mutating func take(_ piece: ByteBuffer) { piece.withUnsafeReadableBytes { take($0) } }
}
