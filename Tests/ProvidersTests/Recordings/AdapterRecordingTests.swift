import Providers
import Testing

@Suite struct AdapterRecordingTests {
    @Test(arguments: try AdapterRecording.all(in: "bedrock"))
    func `Bedrock is asked, and answers, as it is on file`(_ recording: AdapterRecording) throws {
        var recording = recording
        let route = try recording.route(of: BedrockAdapter.facts, region: "ca-central-1")
        try recording.replay(on: BedrockAdapter(route: route, settings: ProviderSettings()))
    }

    @Test(arguments: try AdapterRecording.all(in: "vertex"))
    func `Vertex is asked, and answers, as it is on file`(_ recording: AdapterRecording) throws {
        var recording = recording
        let route = try recording.route(of: VertexAdapter.facts, region: "northamerica-northeast1")
        try recording.replay(on: VertexAdapter(route: route, settings: ProviderSettings(["project": "p-1"])))
    }

    @Test func `there are enough cases on file to be worth the name`() throws {
        #expect(try AdapterRecording.all(in: "bedrock").count >= 25)
        #expect(try AdapterRecording.all(in: "vertex").count >= 25)
    }
}
