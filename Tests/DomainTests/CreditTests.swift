import Testing

@testable import Domain

@Suite struct CreditTests {
    private static func dollars(_ text: String) throws -> Money { try #require(Money(dollars: text)) }

    private static func prepaid(_ dollars: String) throws -> Credits {
        let credits = Credits(charged: .zero)
        credits.set(Credits.Funds(entries: try Self.dollars(dollars), chargedBefore: .zero))
        return credits
    }

    @Test func `what is held and what was charged are together never more than what was paid`() throws {
        let credits = try Self.prepaid("1")
        let held = try Self.dollars("0.25")
        for _ in 0..<4 { #expect(credits.reserve(held)) }
        #expect(!credits.reserve(Money(picodollars: 1)))
        for _ in 0..<4 { credits.settle(try Self.dollars("0.1"), reserved: held) }
        #expect(credits.balance == Money(dollars: "0.6") && credits.reserved == .zero)
        #expect(credits.reserve(try Self.dollars("0.6")))
        #expect(!credits.reserve(Money(picodollars: 1)))
    }

    @Test func `what was charged while an organization paid afterwards isn't taken from its first payment`() throws {
        let credits = Credits(charged: try Self.dollars("70"))
        #expect(!credits.isPrepaid && credits.balance == nil)
        #expect(credits.reserve(try Self.dollars("1000000")))
        credits.settle(try Self.dollars("2"), reserved: try Self.dollars("1000000"))
        // Of the 72, 70 were charged on the days before.
        credits.set(Credits.Funds(entries: try Self.dollars("10"), chargedBefore: try Self.dollars("70")))
        #expect(credits.isPrepaid && credits.balance == Money(dollars: "8"))
    }

    @Test func `only an adjustment can take from an organization without a refund`() throws {
        let five = try Self.dollars("5")
        let less = Money.zero - five
        #expect(CreditDraft(kind: .topUp, amount: less, reference: "r") == nil)
        #expect(CreditDraft(kind: .refund, amount: less, reference: "r") == nil)
        #expect(CreditDraft(kind: .usage, amount: five, reference: "r") == nil)
        #expect(CreditDraft(kind: .topUp, amount: .zero, reference: "r") == nil)
        #expect(CreditDraft(kind: .topUp, amount: five, reference: "") == nil)
        let organization = OrganizationID(rawValue: "org_a")
        let accounts = { (draft: CreditDraft?) in draft.map { "\($0.accounts(of: organization)) \($0.amount)" } }
        #expect(
            accounts(CreditDraft(kind: .topUp, amount: five, reference: "r"))
                == #"(debit: "cash", credit: "credits:org_a") 5"#)
        #expect(
            accounts(CreditDraft(kind: .refund, amount: five, reference: "r"))
                == #"(debit: "credits:org_a", credit: "cash") 5"#)
        #expect(
            accounts(CreditDraft(kind: .adjustment, amount: less, reference: "r"))
                == #"(debit: "credits:org_a", credit: "adjustments") 5"#)
    }

    @Test(arguments: ["", "1", "1_", "_1", "1_-1", "a_1", "1_2_3"])
    func `a cursor that no page has is none`(text: String) { #expect(CreditCursor(text) == nil) }

    @Test(arguments: [("-0.5", "-0.5"), ("7", "7"), ("--1", nil), ("-", nil), ("+1", nil)] as [(String, String?)])
    func `an amount may have a minus sign where it may be less than nothing`(text: String, read: String?) {
        #expect(Money(signedDollars: text)?.description == read)
    }
}
