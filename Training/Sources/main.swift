import Foundation
import Privacy

// Run in the folder of the project: see Training/README.md.
let arguments = Array(CommandLine.arguments.dropFirst())
let root = URL(filePath: FileManager.default.currentDirectoryPath)

switch arguments.first {
case "build":
    try Build(root: root).build()
case "measure":
    try Build(root: root).measure(show: arguments.count > 1 ? Int(arguments[1]) ?? 0 : 0)
case "evaluate" where arguments.count == 2:
    let evaluation = Evaluation(recognizer: try NameRecognizer(lexicon: Lexicon.shared))
    for line in try Lists.lines(URL(filePath: arguments[1])) {
        if let prediction = try evaluation.predict(line) { print(prediction) }
    }
case "speed":
    try Build(root: root).timeRecognizer()
default:
    print("usage: PrivacyTraining build | measure [EXAMPLES] | evaluate GOLD.jsonl | speed")
}
