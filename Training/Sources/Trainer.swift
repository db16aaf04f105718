import Privacy

/// Trains on templates, and measures on others.
struct Trainer {
    let lexicon: Lexicon
    let maker: ExampleMaker

    func train(_ templates: [Template], epochs: Int, fillings: Int) -> Perceptron {
        var perceptron = Perceptron()
        var random = Random(seed: 20_240_917)
        let rows = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: Features.limit)
        defer { rows.deallocate() }
        for epoch in 0..<epochs {
            var order = templates.flatMap { template in
                Array(repeating: template, count: template.isNegative ? fillings / 2 : fillings)
            }
            order.shuffle(using: &random)
            var wrong = 0
            for template in order {
                let example = maker.example(of: templates, first: template, &random)
                var (tokens, gold) = tokens(of: example)
                forget(&tokens, gold, &random)
                if perceptron.learn(tokens, gold, rows) != gold { wrong += 1 }
            }
            if epoch % 4 == 3 { print("epoch \(epoch + 1): \(wrong) of \(order.count) texts wrong") }
        }
        return perceptron
    }

    func tokens(of example: Example) -> ([Token], [Tag]) {
        let (bytes, spans) = example.encoded()
        let structured = spans.filter { $0.label == .structured }.map(\.range)
        let tokens = bytes.withUnsafeBufferPointer { TextReader($0, around: structured, lexicon: lexicon).tokens }
        var gold = [Tag](repeating: .other, count: tokens.count)
        for span in spans where span.label == .person || span.label == .place {
            var isFirst = true
            for index in tokens.indices where tokens[index].range.overlaps(span.range) {
                if span.label == .person {
                    gold[index] = isFirst ? .firstOfPerson : .person
                } else {
                    gold[index] = isFirst ? .firstOfPlace : .place
                }
                isFirst = false
            }
        }
        return (tokens, gold)
    }

    /// Takes what the lists say from some names, so that what stands around them has to do.
    private func forget(_ tokens: inout [Token], _ gold: [Tag], _ random: inout Random) {
        let share = random.chance(0.25) ? 0.6 : 0.08
        // Names that are words are in the lists; a word that isn't there should hardly pass for a name.
        for index in tokens.indices
        where gold[index] != .other && random.chance(share) && tokens[index].facts.isDisjoint(with: .word) {
            tokens[index].facts.subtract([.given, .family, .givenFemale, .givenMale, .commonGiven, .commonFamily])
            tokens[index].facts.subtract([.canadianCity, .americanCity, .worldCity, .region, .phraseStart])
            tokens[index].marks.subtract([.startsPlace, .continuesPlace, .namePhrase])
            tokens[index].summarize()
        }
    }
}
