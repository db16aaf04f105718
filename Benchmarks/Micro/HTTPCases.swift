import Wire

/// HTTP/1.1 as it comes from clients and from upstreams.
enum HTTPCases {
    static func all() throws -> [Case] { [try requestHead(), try replyHead()] }

    private static func requestHead() throws -> Case {
        let head = Samples.requestHead
        return Case("HTTP/1 request head", gives: head.count) {
            var parser = HTTP1RequestParser()
            var position = 0
            let event = try head.withUnsafeBytes { bytes in
                try Result { () throws(HTTP1Failure) in try parser.next(in: bytes, at: &position) }.get()
            }
            guard case .head(let read) = event, read.contentLength == 1024 else { return 0 }
            return position
        }
    }

    private static func replyHead() throws -> Case {
        let head = Samples.replyHead
        return Case("HTTP/1 reply head", gives: head.count) {
            var parser = HTTP1ReplyParser()
            var position = 0
            let event = try head.withUnsafeBytes { bytes in
                try Result { () throws(HTTP1Failure) in try parser.next(in: bytes, at: &position) }.get()
            }
            guard case .head(let read) = event, read.status == 200 else { return 0 }
            return position
        }
    }
}
