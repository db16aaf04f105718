import Domain
import Testing

@Suite struct TraceContextTests {
    private static let valid = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    private func context(_ text: String) -> TraceContext? {
        Array(text.utf8).withUnsafeBytes { TraceContext(traceparent: $0) }
    }

    private func state(_ text: String) -> String? { Array(text.utf8).withUnsafeBytes(TraceContext.state) }

    @Test func `a traceparent is read and written as it was`() throws {
        let context = try #require(self.context(Self.valid))
        #expect(context.trace.hex == "0af7651916cd43dd8448eb211c80319c" && context.isSampled)
        #expect(context.traceparent == Self.valid)
    }

    @Test(arguments: [
        "", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", valid + "-", valid + "0", " " + valid,
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", "ff" + valid.dropFirst(2), "0g" + valid.dropFirst(2),
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x",
        "01" + valid.dropFirst(2) + "x",
    ])
    func `what isn't valid is none`(_ text: String) { #expect(context(text) == nil) }

    @Test func `a later version may have more behind it, and flags that nobody knows yet`() throws {
        #expect(try #require(self.context("cc" + Self.valid.dropFirst(2) + "-what-is-to-come")).isSampled)
        #expect(try #require(self.context(Self.valid.dropLast(2) + "02")).isSampled == false)
    }

    @Test func `a tracestate goes on where it is sound`() {
        #expect(state("vendor=1, tenant@other=a b") == "vendor=1, tenant@other=a b")
        for wrong in ["", "vendor", "Vendor=1", "a=b=c", "a=\u{1}", "a=", String(repeating: "x", count: 513)] {
            #expect(state(wrong) == nil, "\(wrong)")
        }
        #expect(state((0..<33).map { "k\($0)=v" }.joined(separator: ",")) == nil)
    }

    @Test func `spans differ, follow from the request, and hang below the caller's`() {
        let id = RequestID(high: 7, low: 8)
        let alone = RequestSpans(of: id, in: nil)
        #expect(alone.trace == id && alone.parent == nil)
        let joined = RequestSpans(of: id, in: self.context(Self.valid))
        #expect(joined.trace.hex.hasPrefix("0af76519") && joined.parent == 0xb7ad_6b71_6920_3331)
        #expect(Set([joined.request, joined.attempt(0), joined.attempt(1)]).count == 3)
        #expect(joined.attempt(1) == RequestSpans(of: id, in: nil).attempt(1))
    }

    @Test func `a share of the requests is sampled, and a caller's flag wins over it`() throws {
        let rule = TraceRule(millionths: 250_000)
        let ids = (0..<4_000).map { RequestID(high: 1, low: UInt64($0) &* 0x9E37_79B9_7F4A_7C15) }
        #expect(700...1_300 ~= ids.count { rule.samples($0, in: nil) })
        let context = try #require(self.context(Self.valid))
        #expect(ids.allSatisfy { TraceRule(millionths: 0).samples($0, in: context) })
        let unsampled = TraceContext(trace: context.trace, parent: 1, isSampled: false)
        #expect(!ids.contains { TraceRule(millionths: 1_000_000).samples($0, in: unsampled) })
    }

    @Test func `a value is counted in the range that ends with it`() {
        var histogram = Histogram(bounds: [1, 2])
        for value in [0, 1, 1.5, 2, 7] { histogram.add(value) }
        #expect(histogram.counts == [2, 2, 1] && histogram.sum == 11.5)
        #expect((histogram + histogram).count == 10)
        #expect((histogram + Histogram(bounds: [1])) == histogram)
    }
}
