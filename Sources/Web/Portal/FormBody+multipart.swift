import Wire

extension FormBody {
    /// Reads a form with a file (RFC 7578).
    ///
    /// - Parameter fileLimit: bytes that the file may have.
    /// - Throws: ``PortalProblem``.
    init(multipart bytes: some Sequence<UInt8>, _ contentType: String, fileLimit: Int) throws {
        guard var reader = MultipartReader(contentType: contentType) else { throw PortalProblem.unreadableForm }
        var gathered = GatheredForm(fileLimit: fileLimit)
        do {
            try Array(bytes).withUnsafeBytes { bytes in
                try reader.receive(bytes) { (event) throws(PortalProblem) in try gathered.take(event) }
            }
            try reader.end()
        } catch MultipartFailure<PortalProblem>.event(let problem) {
            throw problem
        } catch MultipartError.truncated {
            throw PortalProblem.invalid(
                PortalProblem.text(
                    "The form was cut off on its way. Send it again.",
                    "Le formulaire a été coupé en route. Renvoyez-le."))
        } catch is MultipartFailure<PortalProblem> {
            throw PortalProblem.unreadableForm
        }
        self.init(fields: gathered.fields, file: gathered.file)
    }
}

/// A form's parts, put together as they come.
private struct GatheredForm {
    let fileLimit: Int
    private(set) var fields: [String: String] = [:]
    /// Nil also where a browser says that none was chosen: it sends one without name and content.
    private(set) var file: [UInt8]?
    private var part: MultipartPart?
    private var bytes: [UInt8] = []
    /// Of all fields but the file.
    private var fieldBytes = 0

    init(fileLimit: Int) { self.fileLimit = fileLimit }

    mutating func take(_ event: MultipartEvent) throws(PortalProblem) {
        switch event {
        case .part(let part):
            self.part = part
            bytes = []
        case .data(let data):
            bytes.append(contentsOf: data)
            if part?.fileName == nil {
                fieldBytes += data.count
                guard fieldBytes <= FormBody.limit else { throw .formTooLarge(limit: FormBody.limit) }
            } else if bytes.count > fileLimit {
                throw .fileTooLarge(limit: fileLimit)
            }
        case .end: try endPart()
        }
    }

    private mutating func endPart() throws(PortalProblem) {
        guard let part else { return }
        if let name = part.fileName {
            if name.isEmpty, bytes.isEmpty { return }
            guard file == nil else { throw .unreadableForm }
            file = bytes
        } else {
            guard let text = String(validating: bytes, as: UTF8.self),
                fields.updateValue(text, forKey: part.name) == nil
            else { throw .unreadableForm }
        }
    }
}
