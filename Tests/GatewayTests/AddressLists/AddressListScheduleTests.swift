import Domain
import Testing

@testable import northern

/// When a list of addresses is looked for.
@Suite struct AddressListScheduleTests {
    private let now = TestClock.start

    /// The waits after each look, in seconds.
    private func waits(_ source: AddressListSource, _ looks: [Bool], chance: Double = 0) -> [Int64] {
        var schedule = AddressListSchedule(source, at: now)
        return looks.map { isSuccess in
            schedule.looked(successfully: isSuccess, at: now, chance: chance)
            return schedule.due.seconds - now.seconds
        }
    }

    private let url = AddressListSource.url("https://lists.test/aws.json")

    @Test func `a list elsewhere is asked for at once, and then daily`() {
        #expect(AddressListSchedule(url, at: now).due == now)
        #expect(waits(url, [true, true]) == [86_400, 86_400])
    }

    @Test func `after failures it is asked for again after a minute, and later and later, up to an hour`() {
        let failures = Array(repeating: false, count: 9)
        #expect(waits(url, failures) == [60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600])
        #expect(waits(url, [false, false, true, false]) == [60, 120, 86_400, 60])
    }

    @Test func `chance takes up to a tenth from a wait, and adds nothing`() {
        #expect(waits(url, [true, false], chance: 1) == [77_760, 54])
        #expect(waits(url, [true, false], chance: 0.5) == [82_080, 57])
    }

    @Test func `a file was read at the start, and is looked at every minute whatever is in it`() {
        let file = AddressListSource.file("/aws.json")
        #expect(AddressListSchedule(file, at: now).due == now.adding(seconds: 60))
        #expect(waits(file, [true, false, false], chance: 1) == [60, 60, 60])
    }
}
