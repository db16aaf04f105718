import Domain
import Providers
import Testing
import Wire

@testable import Pipeline

@Suite struct CommandTests {
    // MARK: What is one

    @Test(
        arguments: [
            ("ni-help", .help), (" \n\tni-models\r\n ", .models), ("ni-status", .status), ("ni-unmap", .unmap),
            ("ni-map-model", .map(to: nil)), ("ni-map-model 2", .map(to: "2")),
            ("ni-map-model\n a/b-ca ", .map(to: "a/b-ca")),
            ("ni-map-model 99", .map(to: "99")), ("ni-unmap gpt-4o", .unmapNamed),
        ] as [(String, Command)])
    func `the whole message is the command, whatever blanks are around it`(text: String, command: Command) {
        #expect(Command(text) == command)
    }

    @Test(arguments: [
        "", "ni-", "ni-helpful", "NI-HELP", "ni-help me", "What does ni-help do?", "ni-models please", "ni-model",
        "'ni-help'",
        "ni-map-model is what I want to know about", "ni-unmap a b", "ni-map-models", "ni-help.",
    ])
    func `a mention of a command is an ordinary prompt`(text: String) {
        #expect(Command(text) == nil)
    }

    // MARK: What it comes to

    private func answer(
        _ text: String, name: String = "gpt-4o", policy: KeyPolicy? = nil, mapped: [String: Route.ID] = [:],
        in language: Language = .english
    ) throws -> CommandAnswer {
        let key = PipelineFixture.key(policy ?? KeyPolicy(tiers: Set(Tier.allCases), allowsCommands: true))
        let snapshot = try PipelineFixture.snapshot([
            PipelineFixture.binding(PipelineFixture.route("a/one-ca")),
            PipelineFixture.binding(
                PipelineFixture.route(
                    "b/gone-ca", lifecycle: Lifecycle(retiresAt: PipelineFixture.today, replacement: "a/one-ca"))),
            PipelineFixture.binding(PipelineFixture.route("c/premises-ca", tier: .customerPremises)),
            PipelineFixture.binding(PipelineFixture.route("d/two-ca")),
        ]).with(mappings: RouteMappings(key: key.id, routes: mapped, revision: 1))
        let moment = RouteMapping.Moment(time: Timestamp(seconds: 7), request: ExchangeLife.id)
        let desk = CommandDesk(
            key: key, name: name, snapshot: snapshot, today: PipelineFixture.today, moment: moment, language: language)
        return desk.answer(try #require(Command(text)))
    }

    private func text(_ answer: CommandAnswer) throws -> String {
        guard case .text(let text) = answer else {
            Issue.record("it changes something")
            return ""
        }
        return text
    }

    private func change(_ answer: CommandAnswer) throws -> (name: String, route: Route.ID?) {
        guard case .change(let change, _, _) = answer else {
            Issue.record("it changes nothing")
            return ("", nil)
        }
        #expect(change.key == "key_1" && change.moment.request == ExchangeLife.id)
        #expect(change.moment.time == Timestamp(seconds: 7))
        return (change.name, change.route)
    }

    @Test func `models are numbered in the order of the catalogue, without those the key may not call`() throws {
        #expect(
            try text(answer("ni-models"))
                == "Routes that this key may call:\n1. a/one-ca\n2. c/premises-ca\n3. d/two-ca")
        let cloud = KeyPolicy(tiers: [.managedCanadianCloud], allowsCommands: true)
        #expect(try text(answer("ni-map-model", policy: cloud)).contains("\n1. a/one-ca\n2. d/two-ca\nSend"))
        let nothing = KeyPolicy(tiers: [], allowsCommands: true)
        for command in ["ni-models", "ni-map-model"] {
            #expect(try text(answer(command, policy: nothing)).contains("no route"))
        }
    }

    @Test func `a number is the one that was listed to this key`() throws {
        #expect(try change(answer("ni-map-model 3")) == ("gpt-4o", "d/two-ca"))
        let cloud = KeyPolicy(tiers: [.managedCanadianCloud], allowsCommands: true)
        #expect(try change(answer("ni-map-model 2", policy: cloud)) == ("gpt-4o", "d/two-ca"))
        #expect(try change(answer("ni-map-model c/premises-ca")) == ("gpt-4o", "c/premises-ca"))
    }

    @Test(arguments: [
        ("0", "number 0"), ("4", "there are 3"), ("99999999999999999999", "ni-models"),
        ("a/one", "Did you mean 'a/one-ca'"), ("b/gone-ca", "Use 'a/one-ca'"), ("-1", "No route has the id '-1'"),
    ])
    func `a choice that isn't there changes nothing and says what to do`(choice: String, hint: String) throws {
        let said = try text(answer("ni-map-model \(choice)"))
        #expect(said.contains(hint) && said.contains("othing has changed"), "\(said)")
    }

    @Test func `a route that the key may not use can't be mapped to`() throws {
        let cloud = KeyPolicy(tiers: [.managedCanadianCloud], allowsCommands: true)
        #expect(try text(answer("ni-map-model c/premises-ca", policy: cloud)).contains("may not use 'c/premises-ca'"))
    }

    @Test(arguments: ["", "é", "a\nb", String(repeating: "x", count: 201)])
    func `a name that is empty, long, or not of ASCII isn't mapped`(name: String) throws {
        #expect(try text(answer("ni-map-model 1", name: name)).contains("1 to 200 characters"))
    }

    @Test func `a route isn't mapped to itself`() throws {
        #expect(try text(answer("ni-map-model 1", name: "a/one-ca")).contains("is that route"))
        #expect(try change(answer("ni-map-model 3", name: "a/one-ca")) == ("a/one-ca", "d/two-ca"))
    }

    @Test func `what is mapped can be removed, and nothing else`() throws {
        #expect(try change(answer("ni-unmap", mapped: ["gpt-4o": "a/one-ca"])) == ("gpt-4o", nil))
        #expect(try text(answer("ni-unmap", mapped: ["gpt-4": "a/one-ca"])).contains("isn't mapped"))
        #expect(try text(answer("ni-unmap gpt-4", mapped: ["gpt-4": "a/one-ca"])).contains("'ni-unmap' alone"))
    }

    @Test func `the status lists what is in force, and what of it would be refused`() throws {
        #expect(
            try text(answer("ni-status", mapped: ["x": "d/two-ca", "gpt-4o": "b/gone-ca"])) == """
                Mappings of this key:
                'gpt-4o' -> b/gone-ca (refused: this key may not use it now)
                'x' -> d/two-ca
                """)
        #expect(try text(answer("ni-status")).contains("has mapped no name"))
    }

    @Test(arguments: ["ni-help", "ni-models", "ni-map-model", "ni-map-model 99", "ni-unmap", "ni-unmap x", "ni-status"])
    func `every answer is there in French`(command: String) throws {
        let (english, french) = (try text(answer(command)), try text(answer(command, in: .french)))
        #expect(english != french && !french.isEmpty)
    }

    @Test func `a long name is cut short where it is repeated`() throws {
        #expect(try text(answer("ni-help", name: String(repeating: "x", count: 100_000))).count < 1_000)
    }

    // MARK: Mappings of a snapshot

    @Test func `older mappings take no newer one's place, and those of another key stay`() throws {
        let key = PipelineFixture.key(KeyPolicy(tiers: [], allowsCommands: true))
        func mappings(_ route: Route.ID, _ revision: Int, key: APIKey.ID = "key_1") -> RouteMappings {
            RouteMappings(key: key, routes: ["x": route], revision: revision)
        }
        let snapshot = try PipelineFixture.snapshot().with(mappings: mappings("a", 2))
            .with(mappings: mappings("b", 1)).with(mappings: mappings("c", 3, key: "key_2"))
        #expect(snapshot.mappings(of: key) == ["x": "a"])
        #expect(snapshot.with(mappings: mappings("d", 4)).mappings(of: key) == ["x": "d"])
        #expect(snapshot.with(keys: UnaskedKeys()).mappings(of: key) == ["x": "a"])
    }

    @Test func `without the right no mapping is in force`() throws {
        let snapshot = try PipelineFixture.snapshot()
            .with(mappings: RouteMappings(key: "key_1", routes: ["x": "a"], revision: 1))
        #expect(snapshot.mappings(of: PipelineFixture.key()).isEmpty)
    }
}
