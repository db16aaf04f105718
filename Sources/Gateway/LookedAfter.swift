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

/// One that is a handler: it is looked at as long as it stands in its channel's pipeline.
protocol LookedAfterHandler: ChannelHandler, LookedAfter {
    var loop: LoopState { get }
    /// Nil where it doesn't stand in one.
    var context: ChannelHandlerContext? { get set }
}

extension LookedAfterHandler {
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        loop.remove(self)
    }
}
