import Privacy

extension Trainer {
    /// Leaks and false findings on texts from templates that weren't trained on.
    func measure(_ tagger: Tagger, _ templates: [Template], bias: Int16, show: Int) {
        var random = Random(seed: 7)
        var people = (all: 0, missed: 0)
        var places = (all: 0, missed: 0)
        var negatives = (all: 0, changed: 0)
        var spurious = 0
        var shown = 0
        for template in templates {
            for _ in 0..<(template.isNegative ? 2 : 6) {
                let example = maker.example(of: [template], first: template, &random)
                let (tokens, gold) = tokens(of: example)
                let tags = tagger.tags(of: tokens, bias: bias).tags
                var misses: [Int] = []
                for index in tokens.indices where gold[index] != .other && tokens[index].count > 1 {
                    let missed = tags[index] == .other
                    if missed { misses.append(index) }
                    if gold[index].isPerson {
                        people = (people.all + 1, people.missed + (missed ? 1 : 0))
                    } else {
                        places = (places.all + 1, places.missed + (missed ? 1 : 0))
                    }
                }
                let wrong = tokens.indices.filter { gold[$0] == .other && tags[$0] != .other }
                if template.isNegative { negatives = (negatives.all + 1, negatives.changed + (wrong.isEmpty ? 0 : 1)) }
                if !template.isNegative { spurious += wrong.count }
                if shown < show, !misses.isEmpty || !wrong.isEmpty {
                    shown += 1
                    Self.show(example, tokens, misses, wrong)
                }
            }
        }
        print(
            "bias \(bias): words of people missed \(people.missed) of \(people.all), of places \(places.missed) of",
            "\(places.all), negatives changed \(negatives.changed) of \(negatives.all), wrong words elsewhere \(spurious)"
        )
    }

    private static func show(_ example: Example, _ tokens: [Token], _ misses: [Int], _ wrong: [Int]) {
        let bytes = example.encoded().bytes
        func word(_ index: Int) -> String { String(decoding: bytes[tokens[index].range], as: UTF8.self) }
        let text = String(decoding: bytes, as: UTF8.self).replacing("\n", with: "\\n")
        print("missed", misses.map(word), "wrong", wrong.map(word), "in", text.prefix(160))
    }
}
