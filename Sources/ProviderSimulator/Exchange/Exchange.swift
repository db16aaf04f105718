import Wire

extension Simulation {
    /// The story of a request: which door it is for, whether it may enter, what it asks, what it gets.
    func performance(for call: Call) -> Performance {
        guard let door = Door.leading(call) else {
            return Performance(OpenAIErrors().reply(to: .unknownPath, id: call.errorIdentifier))
        }
        do throws(Refusal) {
            try door.credential.check(call, self)
            switch door.purpose {
            case .lookup(let answer): return try lookup(call, answer, door.errors)
            case .chat(let dialect): return try chat(call, dialect, door.errors)
            }
        } catch {
            return Performance(door.errors.reply(to: error, id: call.errorIdentifier))
        }
    }

    /// The markers may stand anywhere in the body, since it is the dialect that knows where the texts are.
    private func lookup(
        _ call: Call, _ answer: (Call, Simulation) throws(Refusal) -> Reply, _ errors: any ErrorDialect
    ) throws(Refusal) -> Performance {
        let directives = Directives(MarkedText(String(decoding: call.body, as: UTF8.self)).markers)
        if let failure = failure(directives, type: "application/json", id: call.errorIdentifier, errors) {
            return failure
        }
        return Performance(try answer(call, self))
    }

    private func chat(_ call: Call, _ dialect: any ChatDialect, _ errors: any ErrorDialect) throws(Refusal)
        -> Performance
    {
        let body = try call.jsonObject()
        let fields = Fields(body, spelling: dialect.spelling, isStrict: settings.strict)
        let model = try dialect.model(in: call, fields)
        try requireModel(model)
        let quirks = settings.quirks[model] ?? []
        do throws(Refusal) {
            var request = try dialect.request(in: call, fields)
            request.model = model
            request.body = .object(body)
            try check(request)
            let conversation = Conversation(request)
            let type = request.rendering.isStreamed ? dialect.streamType : "application/json"
            let directives = conversation.directives
            if let failure = failure(directives, type: type, id: identifier(of: request.body), errors) {
                return failure
            }
            let answer = Answer(to: conversation, region: settings.region, quirks: quirks)
            return perform(answer, to: conversation, dialect)
        } catch {
            throw quirks.contains(.serverErrorForBadRequest) && error.status == 400 ? error.asServerError : error
        }
    }

    private func check(_ request: NormalizedRequest) throws(Refusal) {
        try request.check(isStrict: settings.strict)
        if settings.visionless.contains(request.model), !request.messages.allSatisfy(\.attachments.isEmpty) {
            throw .invalid("The model does not take images.", at: "messages")
        }
    }

    private func perform(_ answer: Answer, to conversation: Conversation, _ dialect: any ChatDialect) -> Performance {
        var performance =
            conversation.request.rendering.isStreamed
            ? streamed(answer, conversation, dialect) : whole(answer, conversation, dialect)
        if answer.quirks.contains(.tinyWrites) { performance.spread(.perByte) }
        if answer.quirks.contains(.oneWrite) { performance.spread(.single) }
        return performance
    }

    private func whole(_ answer: Answer, _ conversation: Conversation, _ dialect: any ChatDialect) -> Performance {
        var reply = dialect.whole(answer, to: conversation.request)
        reply.headers.add("x-sim-region", answer.region)
        let directives = conversation.directives
        let isCut = directives.interruption?.kind == .cut
        var performance =
            isCut ? Performance(cutting: reply, directives.timing) : Performance(reply, directives.timing)
        performance.steps = directives.gates.map { .gate($0.name) } + performance.steps
        return performance
    }

    private func streamed(_ answer: Answer, _ conversation: Conversation, _ dialect: any ChatDialect) -> Performance {
        var stream = dialect.stream(answer, to: conversation.request)
        stream.headers.add("x-sim-region", answer.region)
        if answer.quirks.contains(.commentLines), stream.isServerSentEvents {
            stream.addComments(ServerSentEvents(answer.quirks))
        }
        let complaint = conversation.directives.complaint
        let words = complaint ?? "A marker asked for an error here."
        let replacements = Performance.Replacements(
            garbageEvent: dialect.garbageEvent(saying: complaint ?? ""),
            errorEvent: { dialect.errorEvent(saying: words, after: $0, id: answer.digest) })
        return Performance(
            stream, conversation.directives, pause: settings.chunkMilliseconds, replacements: replacements)
    }
}

// MARK: What goes wrong

extension Simulation {
    /// What a failure marker makes of a request; nil without one, or when the request is past its failures.
    ///
    /// - Parameters:
    ///   - type: the content type that the answer would have.
    ///   - id: what the identifiers of an error end in.
    private func failure(
        _ directives: Directives, type: String, id: @autoclosure () -> String, _ errors: any ErrorDialect
    ) -> Performance? {
        let timing = directives.timing
        let complaint = directives.complaint
        func refuse(_ refusal: Refusal) -> Performance {
            var refusal = refusal
            refusal.message = complaint ?? refusal.message
            return Performance(errors.reply(to: refusal, id: id()), timing, fault: "status")
        }
        switch directives.failure {
        case nil: return nil
        case .status(let status, let retryAfter):
            return refuse(Refusal(status, .scripted, "A marker asked for this status.", retryAfter: retryAfter))
        case .firstTimes(let count, let name, let status, let retryAfter):
            guard isAmongFirst(count, named: name) else { return nil }
            return refuse(
                Refusal(status, .scripted, "A marker asked for this to fail at first.", retryAfter: retryAfter))
        case .contextLength:
            return refuse(Refusal(400, .contextLength, "The prompt is too long.", path: "messages"))
        case .garbage:
            let body = Array("{\"this is\": not JSON \(complaint ?? "")".utf8)
            return Performance(Reply(headers: ["content-type": type], body: body), timing, fault: "garbage")
        case .html:
            return Performance(.badGatewayPage(saying: complaint ?? "502 Bad Gateway"), timing, fault: "html")
        case .headersOnly:
            return Performance(Reply(headers: ["content-type": type]), timing, fault: "headers-only")
        }
    }
}

extension Reply {
    /// What a proxy says that cannot reach what is behind it.
    fileprivate static func badGatewayPage(saying text: String) -> Reply {
        let page = "<html><head><title>502 Bad Gateway</title></head><body>\(text)</body></html>\n"
        return Reply(status: 502, headers: ["content-type": "text/html"], body: Array(page.utf8))
    }
}

extension Refusal {
    fileprivate var asServerError: Refusal {
        var refusal = self
        refusal.status = 500
        return refusal
    }
}

extension Call {
    /// What the identifiers of an error end in; a body that is no JSON counts as it is.
    var errorIdentifier: String {
        (try? JSON(parsing: body)).map { identifier(of: $0) } ?? String(digest(of: body).prefix(24))
    }
}
