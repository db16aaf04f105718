import NIOCore

/// What a loop looks at once a second, and ends when the gateway does: a caller's connection, whatever it is at.
protocol LookedAfter: AnyObject {
    func secondPassed(now: NIODeadline)
    /// Finishes what is under way, then closes.
    func closeWhenIdle()
    /// What is under way is finished now, as one that fails.
    func cutOff()
    func close()
}

extension LookedAfter {
    func cutOff() {}
}
