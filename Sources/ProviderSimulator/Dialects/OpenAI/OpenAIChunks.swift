import Wire

/// Writes an answer as chunks of a chat completion.
struct OpenAIChunks {
    let dialect: OpenAIChat
    let answer: Answer
    let rendering: NormalizedRequest.Rendering

    struct Chunk {
        let place: StreamEvent.Place
        var chunk: JSONObject
    }

    func chunks() -> [Chunk] {
        let perChoice = deltas()
        var chunks: [Chunk] = []
        for step in perChoice {
            for index in 0..<rendering.choices { chunks.append(chunk(step, choice: index)) }
        }
        if rendering.includesUsage {
            if answer.quirks.contains(.usageInLastChoice) {
                chunks[chunks.count - 1].chunk["usage"] = dialect.usage(answer.usage)
            } else {
                var last = dialect.envelope(answer, "chat.completion.chunk")
                last["usage"] = dialect.usage(answer.usage)
                chunks.append(Chunk(place: .closing, chunk: last))
            }
        }
        return chunks
    }

    private struct Delta {
        let place: StreamEvent.Place
        let members: JSONObject
        var finish: JSON = .null
        var logProbabilities: JSON = .null
    }

    private func deltas() -> [Delta] {
        var deltas = [opening]
        deltas += answer.reasoningPieces.map {
            Delta(place: .piece, members: withContent(["reasoning_content": .string($0)]))
        }
        deltas += answer.textPieces.map { piece in
            let logs: JSON = rendering.includesLogProbabilities ? dialect.logProbabilities([piece]) : nil
            return Delta(place: .piece, members: ["content": .string(piece)], logProbabilities: logs)
        }
        deltas += answer.refusalPieces.map { Delta(place: .piece, members: withContent(["refusal": .string($0)])) }
        if rendering.usesLegacyFunctions, let call = answer.calls.first {
            deltas += legacyDeltas(of: call)
        } else {
            for (index, call) in answer.calls.enumerated() { deltas += self.deltas(of: call, index) }
        }
        deltas.append(
            Delta(place: .closing, members: [:], finish: .string(dialect.finishReason(answer, rendering))))
        return deltas
    }

    private var opening: Delta {
        let startsWithCall = answer.text.isEmpty && !answer.calls.isEmpty
        return Delta(
            place: .frame, members: ["role": "assistant", "content": startsWithCall ? nil : "", "refusal": nil])
    }

    private func withContent(_ members: JSONObject) -> JSONObject {
        var members = members
        if answer.quirks.contains(.nullContent) { members["content"] = .null }
        return members
    }

    /// A head with the id and the name, then the arguments in pieces.
    private func deltas(of call: ToolCall, _ index: Int) -> [Delta] {
        func delta(_ place: StreamEvent.Place, _ call: JSONObject) -> Delta {
            Delta(place: place, members: withContent(["tool_calls": [.object(call)]]))
        }
        let head: JSONObject = [
            "index": JSON(index), "id": .string(OpenAIChat.callID(answer, index)), "type": "function",
            "function": ["name": .string(call.name), "arguments": ""],
        ]
        return [delta(.frame, head)]
            + answer.argumentPieces(of: call).map { piece in
                delta(.piece, ["index": JSON(index), "function": ["arguments": .string(piece)]])
            }
    }

    private func legacyDeltas(of call: ToolCall) -> [Delta] {
        let head: JSONObject = ["function_call": ["name": .string(call.name), "arguments": ""]]
        return [Delta(place: .frame, members: head)]
            + answer.argumentPieces(of: call).map {
                Delta(place: .piece, members: ["function_call": ["arguments": .string($0)]])
            }
    }

    private func chunk(_ delta: Delta, choice index: Int) -> Chunk {
        var chunk = dialect.envelope(answer, "chat.completion.chunk")
        chunk["choices"] = [
            [
                "index": JSON(index), "delta": .object(delta.members), "logprobs": delta.logProbabilities,
                "finish_reason": delta.finish,
            ]
        ]
        if rendering.includesUsage { chunk["usage"] = .null }
        return Chunk(place: delta.place, chunk: chunk)
    }
}
