/// A part of the work, which is small, and always the same.
struct Case {
    /// As the table has it.
    let name: String
    /// How often it is done while it is counted.
    let times: Int
    /// How many of what the figure is per are in it: KiB of a text, or events of a stream.
    let units: Int
    /// What must come of it, such as the number of events: a fast wrong answer is no result. Nil where it is only known
    /// not to change, as the size of a record.
    let result: Int?
    let run: () throws -> Int

    init(
        _ name: String, times: Int = 200, per units: Int = 1, gives result: Int? = nil, run: @escaping () throws -> Int
    ) {
        self.name = name
        self.times = times
        self.units = units
        self.result = result
        self.run = run
    }
}

/// The program can't go on.
struct Trouble: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension Optional {
    /// - Throws: ``Trouble``, where there is none.
    func orTrouble(_ what: String) throws -> Wrapped {
        guard let self else { throw Trouble("there is no \(what)") }
        return self
    }
}

extension String {
    var bytes: [UInt8] { Array(utf8) }
}
