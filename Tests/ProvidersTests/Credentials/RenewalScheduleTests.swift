import Domain
import Testing

@testable import Providers

/// When a credential is asked for again.
@Suite struct RenewalScheduleTests {
    private static let start = Recorded.now
    private var schedule = RenewalSchedule()

    private func at(_ seconds: Int64) -> Timestamp { Self.start.adding(seconds: seconds) }

    private func issued(at seconds: Int64 = 0, for lifetime: Int64?) -> IssuedCredential {
        IssuedCredential(
            .bearer("t"), issuedAt: at(seconds), expiresAt: lifetime.map { at(seconds).adding(seconds: $0) })
    }

    @Test func `asks at once, and not again before it was told of the answer`() {
        #expect(schedule.step(at: at(0)) == .ask)
        #expect(schedule.step(at: at(9_999)) == .ask)
    }

    @Test mutating func `asks again some minutes ahead of the end`() {
        #expect(schedule.obtained(issued(for: 3_600), at: at(1)) == .obtained)
        #expect(schedule.step(at: at(1)) == .wait(until: at(3_300)))
        #expect(schedule.step(at: at(3_299)) == .wait(until: at(3_300)))
        #expect(schedule.step(at: at(3_300)) == .ask)
        #expect(schedule.obtained(issued(at: 3_300, for: 3_600), at: at(3_301)) == .renewed)
        #expect(schedule.step(at: at(3_301)) == .wait(until: at(6_600)))
    }

    @Test mutating func `never asks again for what lasts`() {
        #expect(schedule.obtained(issued(for: nil), at: at(0)) == .obtained)
        #expect(schedule.step(at: at(1_000_000)) == .rest)
    }

    @Test(arguments: [0, 1, 2, -5] as [Int64])
    mutating func `never asks over and over, however short a life is`(_ lifetime: Int64) {
        _ = schedule.obtained(issued(for: lifetime), at: at(0))
        #expect(schedule.step(at: at(0)) == .wait(until: at(1)))
    }

    @Test mutating func `waits longer after each failure, up to a minute`() {
        var now = at(0)
        var waits: [Int64] = []
        for _ in 0..<80 {
            #expect(schedule.failed(mayPass: true, at: now) == .missing)
            guard case .wait(let end) = schedule.step(at: now) else { break }
            waits.append(end.seconds - now.seconds)
            now = end
            #expect(schedule.step(at: now) == .ask)
        }
        #expect(waits.prefix(8) == [1, 2, 4, 8, 16, 32, 60, 60])
        #expect(waits.last == 60 && waits.count == 80)
    }

    @Test mutating func `waits longer still for what somebody has to mend`() {
        var now = at(0)
        var waits: [Int64] = []
        for _ in 0..<7 {
            _ = schedule.failed(mayPass: false, at: now)
            guard case .wait(let end) = schedule.step(at: now) else { break }
            waits.append(end.seconds - now.seconds)
            now = end
        }
        #expect(waits == [10, 20, 40, 80, 160, 300, 300])
    }

    @Test mutating func `begins anew with short waits once it had what it wanted`() {
        for _ in 0..<5 { _ = schedule.failed(mayPass: true, at: at(0)) }
        #expect(schedule.obtained(issued(at: 10, for: 100), at: at(10)) == .obtained)
        _ = schedule.failed(mayPass: true, at: at(95))
        #expect(schedule.step(at: at(95)) == .wait(until: at(96)))
    }

    @Test mutating func `goes on with the old one as long as it lasts, and says when it is over`() {
        _ = schedule.obtained(issued(for: 3_600), at: at(0))
        #expect(schedule.failed(mayPass: true, at: at(3_300)) == .kept(until: at(3_600)))
        #expect(schedule.failed(mayPass: true, at: at(3_599)) == .kept(until: at(3_600)))
        #expect(schedule.failed(mayPass: true, at: at(3_600)) == .missing)
        #expect(schedule.failed(mayPass: true, at: at(3_700)) == .missing)
        #expect(schedule.obtained(issued(at: 3_800, for: 3_600), at: at(3_800)) == .obtained)
    }

    @Test mutating func `asks once more when the old one runs out, however long it would wait`() {
        _ = schedule.obtained(issued(for: 3_600), at: at(0))
        for second in 3_300..<3_310 as Range<Int64> { _ = schedule.failed(mayPass: false, at: at(second)) }
        #expect(schedule.step(at: at(3_309)) == .wait(until: at(3_600)))
    }

    @Test mutating func `a renewal after the end is one that was missing`() {
        _ = schedule.obtained(issued(for: 60), at: at(0))
        #expect(schedule.obtained(issued(at: 61, for: 60), at: at(61)) == .obtained)
    }
}

@Suite struct QuotedWordsTests {
    @Test(
        arguments: [
            ("AccessDenied: no", "AccessDenied: no"),
            (
                "The Canonical String should have been\nx-amz-security-token:abc",
                "The Canonical String should have been"
            ),
            ("User arn:aws:iam::111122223333:user/somebody-with-a-name may not", nil),
            ("got 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'.", "got '…'."),
            ("token=eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.e30.x, bad", "…, bad"), ("", ""), ("\n\nx\n", "x"),
        ] as [(String, String?)])
    func `keeps somebody else's words but no line beyond the first, and nothing as long as a key`(
        _ words: String, _ quoted: String?
    ) {
        #expect(words.quotable == quoted ?? words)
    }
}
