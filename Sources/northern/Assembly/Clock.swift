import Domain
import Glibc

/// The clock on the wall. Everything takes the time from whoever calls it; this is where it comes from.
func wallClock() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
}

/// Waits until a time, a minute at most: whoever waits looks at the clock again, which may have been set, or have gone on
/// while the machine slept.
@Sendable
func pauseOnWallClock(until end: Timestamp) async throws {
    let remaining = end.microseconds - wallClock().microseconds
    try await Task.sleep(for: .microseconds(max(1_000, min(remaining, 60_000_000))))
}
