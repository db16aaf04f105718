import Foundation
import Privacy

/// Makes the data file, or tries how good one would be.
struct Build {
    private static let epochs = 8
    private static let fillings = 24

    let root: URL
    private let templates: [Template]
    private let trainer: Trainer
    private var writer: DataFileWriter

    init(root: URL) throws {
        self.root = root
        let lists = try Lists(folder: root.appending(path: "Training/Data"))
        templates = try Template.all(in: root.appending(path: "Training/Templates"))
        let builder = LexiconBuilder(lists)
        writer = DataFileWriter()
        writer.add(.words, builder.wordTable())
        writer.add(.phrases, builder.phraseTable())
        writer.addPools(lists)
        let lexicon = try Lexicon(DataFile(writer.bytes()))
        trainer = Trainer(
            lexicon: lexicon,
            maker: ExampleMaker(
                names: NameMaker(lists, lexicon), places: PlaceMaker(lists, lexicon), noise: WordNoise(lists, lexicon)))
    }

    func build() throws {
        let bytes = try file(templates)
        let folder = root.appending(path: "Sources/PrivacyData")
        try Data(bytes).write(to: folder.appending(path: "privacy.bin"))
        try Self.mark(folder.appending(path: "data.S"), with: bytes)
        print("privacy.bin: \(bytes.count) bytes from \(templates.count) templates")
    }

    /// A build looks at what includes the data file, not at the file: so that says which one it is.
    private static func mark(_ source: URL, with bytes: [UInt8]) throws {
        let digest = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
        let lines = try String(contentsOf: source, encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("/* privacy.bin") }
        let mark = "/* privacy.bin \(String(digest, radix: 16)) */\n"
        try Data((mark + lines.joined(separator: "\n")).utf8).write(to: source)
    }

    /// Trains on seven templates of eight and measures on the eighth.
    func measure(show: Int) throws {
        let held = templates.enumerated().filter { $0.offset % 8 == 3 }.map(\.element)
        let used = templates.enumerated().filter { $0.offset % 8 != 3 }.map(\.element)
        print("\(used.count) templates trained on, \(held.count) held out")
        let tagger = try Tagger(DataFile(file(used)))
        for bias: Int16 in [-400, -200, -100, 0, 100, 200, 400, 800] {
            trainer.measure(tagger, held, bias: bias, show: 0)
        }
        trainer.measure(tagger, held, bias: NameRecognizer.bias, show: show)
    }

    private func file(_ templates: [Template]) throws -> [UInt8] {
        var writer = writer
        writer.add(.weights, trainer.train(templates, epochs: Self.epochs, fillings: Self.fillings).section())
        return writer.bytes()
    }

    /// How long the recognizer in this program takes for 4 KiB of filled templates.
    func timeRecognizer() throws {
        let recognizer = try NameRecognizer(lexicon: Lexicon.shared)
        var random = Random(seed: 1)
        var text: [UInt8] = []
        while text.count < 4096 {
            text +=
                trainer.maker.example(of: templates, first: random.pick(templates), &random).encoded().bytes + [0x0A]
        }
        var times: [Duration] = []
        var entities: [Entity] = []
        for _ in 0..<2000 {
            entities.removeAll(keepingCapacity: true)
            times.append(
                ContinuousClock().measure {
                    text.withUnsafeBufferPointer { recognizer.find(in: $0, around: [], into: &entities) }
                })
        }
        times.sort()
        print("\(text.count) bytes, \(entities.count) entities: median \(times[1000]), 95 % \(times[1900])")
    }
}
