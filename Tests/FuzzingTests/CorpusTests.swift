import Foundation
import Fuzzing
import Testing

/// The fuzzer's inputs once more, as quickly as unit tests are.
@Suite struct CorpusTests {
    private static let corpus = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fuzzing/Corpus")

    @Test(arguments: FuzzTarget.all.map(\.name))
    func `what the fuzzer has found so far is read as it should be`(_ name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let files = try FileManager.default.contentsOfDirectory(
            at: Self.corpus.appending(path: name), includingPropertiesForKeys: nil)
        #expect(!files.isEmpty)
        for file in files {
            let bytes = Array(try Data(contentsOf: file))
            do {
                try bytes.withUnsafeBytes { try target.run($0) }
            } catch {
                Issue.record("\(file.lastPathComponent): \(error)")
            }
        }
    }

    @Test func `the corpora stay small enough to be kept with the sources`() throws {
        let files = try #require(
            FileManager.default.enumerator(at: Self.corpus, includingPropertiesForKeys: [.fileSizeKey]))
        let sizes = try files.compactMap { try ($0 as? URL)?.resourceValues(forKeys: [.fileSizeKey]).fileSize }
        #expect(sizes.reduce(0, +) < 1 << 20)
    }
}
