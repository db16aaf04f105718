import CustodyLog
import Storage
import Testing

@testable import northern

/// When a witness is asked, and what its answers mean.
@Suite struct WitnessCourseTests {
    private let start = ContinuousClock.now
    private let witness: TestWitness
    private let log: SigningKey

    init() throws {
        witness = try TestWitness()
        log = try SigningKey(name: #require(KeyName("log.test")), seed: [UInt8](repeating: 7, count: 32))
    }

    private func published(_ size: Int) throws -> PublishedCheckpoint {
        let root: MerkleHash = size == 0 ? .emptyTree : .leaf([UInt8(size)])
        let note = try Checkpoint(origin: log.verifierKey.name, size: size, root: root).signed(by: [log])
        return PublishedCheckpoint(size: size, note: note)
    }

    private func after(_ seconds: Double) -> WitnessCourse.Instant { start + .seconds(seconds) }

    private func conflict(_ text: String) -> WitnessAnswer { .reply(status: 409, Array(text.utf8)) }

    // MARK: When

    @Test func `the first checkpoint is asked for at once, and from nothing on`() throws {
        var course = WitnessCourse(of: witness.verifierKey)
        #expect(course.happened(.looked(try published(0)), at: start) == .wait)
        #expect(course.happened(.looked(try published(3)), at: start) == .ask(from: 0))
    }

    @Test func `a checkpoint that has the cosignature isn't asked for again`() throws {
        var course = WitnessCourse(of: witness.verifierKey)
        let (checkpoint, lines) = (try published(3), try witness.lines(over: try published(3).note.text))
        _ = course.happened(.looked(checkpoint), at: start)
        let answer = WitnessCourse.Event.answered(.reply(status: 200, lines), published: 3)
        #expect(course.happened(answer, at: start) == .add(lines, hasRecovered: false))
        let note = try checkpoint.note.cosigned(lines, by: [witness.verifierKey])
        let cosigned = PublishedCheckpoint(size: 3, note: note)
        #expect(course.happened(.looked(cosigned), at: after(60)) == .wait)
        #expect(course.happened(.looked(try published(5)), at: after(61)) == .ask(from: 3))
    }

    @Test func `while records come it is asked every few seconds, right after a checkpoint was published`() throws {
        var course = WitnessCourse(of: witness.verifierKey)
        var asked: [Double] = []
        // A checkpoint each second, at which is looked four times.
        for step in 0..<40 {
            let time = Double(step) / 4 + 0.125
            let checkpoint = try published(1 + step / 4)
            guard case .ask = course.happened(.looked(checkpoint), at: after(time)) else { continue }
            asked.append(time)
            let lines = try witness.lines(over: checkpoint.note.text)
            _ = course.happened(.answered(.reply(status: 200, lines), published: checkpoint.size), at: after(time))
        }
        #expect(asked == [0.125, 4.125, 8.125])
    }

    @Test func `the last checkpoint is asked for although none comes after it`() throws {
        var course = WitnessCourse(of: witness.verifierKey)
        _ = course.happened(.looked(try published(1)), at: start)
        let lines = try witness.lines(over: try published(1).note.text)
        _ = course.happened(.answered(.reply(status: 200, lines), published: 1), at: start)
        #expect(course.happened(.looked(try published(2)), at: after(2)) == .wait)
        #expect(course.happened(.looked(try published(2)), at: after(4)) == .wait)
        #expect(course.happened(.looked(try published(2)), at: after(5)) == .ask(from: 1))
    }

    // MARK: Sizes

    @Test func `a conflict says from where to ask, and is believed once`() throws {
        var course = WitnessCourse(of: witness.verifierKey)
        _ = course.happened(.looked(try published(9)), at: start)
        #expect(course.happened(.answered(conflict("4\n"), published: 9), at: start) == .ask(from: 4))
        let again = course.happened(.answered(conflict("5\n"), published: 9), at: start)
        guard case .giveUp(let trouble, true) = again else {
            Issue.record("\(again)")
            return
        }
        #expect(!trouble.isFork)
        #expect(course.happened(.looked(try published(10)), at: after(60)) == .ask(from: 4))
    }

    @Test func `a witness that others have shown a newer checkpoint is asked for that one`() throws {
        var course = WitnessCourse(of: witness.verifierKey)
        _ = course.happened(.looked(try published(9)), at: start)
        #expect(course.happened(.answered(conflict("10\n"), published: 10), at: start) == .wait)
        #expect(course.happened(.looked(try published(10)), at: after(4)) == .ask(from: 10))
    }

    @Test(arguments: ["", "x\n", "0\n", "4"])
    func `a conflict that doesn't say with what is no reason to ask again`(text: String) throws {
        var course = WitnessCourse(of: witness.verifierKey)
        _ = course.happened(.looked(try published(9)), at: start)
        guard case .giveUp(let trouble, true) = course.happened(.answered(conflict(text), published: 9), at: start)
        else {
            Issue.record("asked again")
            return
        }
        #expect(!trouble.isFork)
    }

    // MARK: Forks

    @Test func `a witness that has cosigned more than was published has seen a fork`() throws {
        var course = WitnessCourse(of: witness.verifierKey)
        _ = course.happened(.looked(try published(9)), at: start)
        let action = course.happened(.answered(conflict("10\n"), published: 9), at: start)
        #expect(action == .giveUp(.otherLog(cosigned: 10, published: 9), isNews: true))
    }

    @Test(arguments: ["", "9\n"])
    func `a conflict about a log of the same size is a fork`(text: String) throws {
        var course = WitnessCourse(of: witness.verifierKey)
        _ = course.happened(.looked(try published(9)), at: start)
        #expect(course.happened(.answered(conflict("9\n"), published: 9), at: start) == .ask(from: 9))
        let action = course.happened(.answered(conflict(text), published: 9), at: start)
        #expect(action == .giveUp(.otherRoot(size: 9), isNews: true))
    }

    @Test func `a proof that the witness doesn't believe is a fork`() throws {
        var course = WitnessCourse(of: witness.verifierKey)
        _ = course.happened(.looked(try published(9)), at: start)
        _ = course.happened(.answered(conflict("4\n"), published: 9), at: start)
        let action = course.happened(.answered(.reply(status: 422, []), published: 9), at: start)
        #expect(action == .giveUp(WitnessTrouble(status: 422), isNews: true))
        #expect(WitnessTrouble(status: 422).isFork && !WitnessTrouble(status: 500).isFork)
    }

    // MARK: Failures

    @Test func `a witness that is away is told of once, asked later and later, and told of when it's back`() throws {
        var course = WitnessCourse(of: witness.verifierKey)
        var (now, waits, news) = (0.0, [Double](), 0)
        for size in 1...8 {
            let checkpoint = try published(size)
            let asked = now
            while course.happened(.looked(checkpoint), at: after(now)) == .wait { now += 1 }
            waits.append(now - asked)
            let event = WitnessCourse.Event.answered(.failure("It is away."), published: size)
            if case .giveUp(_, isNews: true) = course.happened(event, at: after(now)) { news += 1 }
        }
        // A second more than the pause, as each checkpoint was seen before.
        #expect(waits == [0, 5, 9, 17, 33, 65, 65, 65] && news == 1)
        let (checkpoint, lines) = (try published(9), try witness.lines(over: try published(9).note.text))
        #expect(course.happened(.looked(checkpoint), at: after(now + 64)) == .ask(from: 0))
        let answer = WitnessCourse.Event.answered(.reply(status: 200, lines), published: 9)
        #expect(course.happened(answer, at: after(now)) == .add(lines, hasRecovered: true))
        _ = course.happened(.looked(try published(10)), at: after(now + 100))
        let later = course.happened(.answered(.failure("It is away."), published: 10), at: after(now + 100))
        #expect(later == .giveUp(WitnessTrouble("It is away."), isNews: true))
    }

    @Test func `a fork is told of although the witness was away, and not again after it was away once more`() throws {
        var course = WitnessCourse(of: witness.verifierKey)
        let answers: [WitnessAnswer] = [
            .failure("It is away."), .reply(status: 422, []), .failure("It is away."), .reply(status: 422, []),
        ]
        let news = try answers.enumerated().map { index, answer in
            let time = after(Double(index) * 1_000)
            _ = course.happened(.looked(try published(index + 1)), at: time)
            let action = course.happened(.answered(answer, published: 9), at: time)
            guard case .giveUp(_, let isNews) = action else { return false }
            return isNews
        }
        #expect(news == [true, true, false, false])
    }

    @Test(arguments: [(403, "what '/.well-known/ni-keys.json' has"), (404, "doesn't know this log"), (503, "503")])
    func `a refusal says what to do`(status: Int, hint: String) {
        #expect(WitnessTrouble(status: status).description.contains(hint))
    }

    @Test func `an answer without its cosignature leaves open what it has cosigned`() throws {
        var course = WitnessCourse(of: witness.verifierKey)
        _ = course.happened(.looked(try published(3)), at: start)
        let other = try witness.lines(over: try published(2).note.text)
        let action = course.happened(.answered(.reply(status: 200, other), published: 3), at: start)
        guard case .giveUp(let trouble, true) = action else {
            Issue.record("\(action)")
            return
        }
        #expect(!trouble.isFork && trouble.description.contains("is wrong"))
        #expect(course.happened(.looked(try published(4)), at: after(60)) == .ask(from: 0))
    }
}
