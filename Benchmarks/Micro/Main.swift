import Foundation

/// Does small parts of a request's work again and again, so that a tool that counts instructions can tell what each
/// costs. `Benchmarks/Micro/check` runs it under Valgrind.
///
///     micro FOLDER [NAME…]
///
/// The folder is for a journal and a store, and is to be empty. Prints a line for each case: its name, and how often
/// what the figure is per was done while ``runWhileCounting(_:)`` ran, which runs once for each line, in their order.
@main
enum Micro {
    static func main() throws {
        guard CommandLine.arguments.count > 1 else { throw Trouble("micro FOLDER [NAME…]") }
        let chosen = CommandLine.arguments.dropFirst(2)
        let cases = try cases(in: CommandLine.arguments[1])
        for measured in cases where chosen.isEmpty || chosen.contains(measured.name) {
            let result = try warmUp(measured)
            guard runWhileCounting(measured) == result &* measured.times else {
                throw Trouble("\(measured.name): not every time the same came of it")
            }
            print("\(measured.name)\t\(measured.times * measured.units)")
        }
    }

    private static func cases(in folder: String) throws -> [Case] {
        try HTTPCases.all() + RequestCases.all(in: folder) + ProviderCases.all() + StreamCases.all()
            + PrivacyCases.all() + LedgerCases.all(in: folder)
    }

    /// What is made once only, such as tables, and what is kept for the next time, is there afterwards.
    ///
    /// - Returns: what comes of it each time.
    private static func warmUp(_ measured: Case) throws -> Int {
        let results = try (0..<3).map { _ in try measured.run() }
        guard let result = results.first, Set(results).count == 1, measured.result ?? result == result, result != 0
        else {
            throw Trouble("\(measured.name): \(results) came of it in place of \(measured.result ?? 0)")
        }
        return result
    }
}

/// The one function whose instructions are counted, with all that it calls. The tool finds it by its name.
@inline(never)
private func runWhileCounting(_ measured: Case) -> Int {
    var sum = 0
    for _ in 0..<measured.times { sum &+= (try? measured.run()) ?? 0 }
    return sum
}
