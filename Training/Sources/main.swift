import Foundation
import Privacy

let arguments = CommandLine.arguments.dropFirst()
let root = URL(filePath: FileManager.default.currentDirectoryPath)
let lists = try Lists(folder: root.appending(path: "Training/Data"))

switch arguments.first {
case "build":
    var writer = DataFileWriter()
    let builder = LexiconBuilder(lists)
    writer.add(.words, builder.wordTable())
    writer.add(.phrases, builder.phraseTable())
    writer.addPools(lists)
    let bytes = writer.bytes()
    try Data(bytes).write(to: root.appending(path: "Sources/PrivacyData/privacy.bin"))
    print("privacy.bin: \(bytes.count) bytes")
default:
    print("usage: PrivacyTraining build | evaluate GOLD.jsonl")
}
