/// What comes of a form that is read (RFC 7578): the head of each part, its bytes as they come, and its end.
public enum MultipartEvent {
    case part(MultipartPart)
    /// Some more of the part's bytes, which are only there during the call that offers them.
    case data(UnsafeRawBufferPointer)
    case end
}

/// Whose bytes they are.
public struct MultipartPart: Hashable, Sendable {
    /// The form's field (RFC 7578, section 4.2). What a browser has escaped in it, as `%22`, stays so.
    public let name: String
    /// Nil for a field that holds no file. Somebody's word, never a path here.
    public let fileName: String?
    /// The value of `content-type`; nil where there is none, which means plain text (RFC 7578, section 4.4).
    public let mediaType: String?

    public init(name: String, fileName: String?, mediaType: String?) {
        self.name = name
        self.fileName = fileName
        self.mediaType = mediaType
    }
}

/// Why a form can't be read.
public enum MultipartError: Error, Hashable, Sendable {
    /// The bytes end before the last boundary: whoever sent them was cut off.
    case truncated
    case tooManyParts(limit: Int)
    case headTooLarge(limit: Int)
    /// A part that doesn't say which field it is, or says it twice, or in no way that is known.
    case invalidHead
    /// A boundary with something else behind it.
    case invalidBoundary
}

/// Why reading a form stopped: the reader's own reason, or that of whoever takes its events.
public enum MultipartFailure<Failure: Error>: Error {
    case form(MultipartError)
    case event(Failure)
}
