import Testing

@testable import Web

@Suite struct MarkdownTests {
    private func html(_ markdown: String) -> String {
        MarkdownReader.blocks(of: markdown).html(resolving: Guide.address)
    }

    @Test func `headings have the anchors that GitHub gives them`() {
        #expect(html("# Errors") == #"<h1 id="errors">Errors</h1>"#)
        #expect(html("## Read `x-ni` here!") == #"<h2 id="read-x-ni-here">Read <code>x-ni</code> here!</h2>"#)
        #expect(html("#hashtag") == "<p>#hashtag</p>")
    }

    @Test func `lines of a paragraph stay one paragraph, and a blank line ends it`() {
        #expect(html("one\ntwo\n\nthree") == "<p>one\ntwo</p>\n<p>three</p>")
    }

    @Test func `nothing that looks like HTML gets through as HTML`() {
        #expect(html("<script>alert('x')</script>") == "<p>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;</p>")
        #expect(html("`<b>` & \"q\"") == "<p><code>&lt;b&gt;</code> &amp; &quot;q&quot;</p>")
        #expect(html("```html\n</code><script>\n```").contains("&lt;/code&gt;&lt;script&gt;"))
        #expect(html("| <i> |\n|---|\n| <b> |").contains("<td>&lt;b&gt;</td>"))
    }

    @Test func `a quote is escaped also when a combining mark follows it`() {
        #expect("\"\u{301}<\u{338}".escapedForHTML == "&quot;\u{301}&lt;\u{338}")
    }

    @Test func `emphasis needs its marks at the words`() {
        #expect(
            html("**bold** *soft* _soft_") == "<p><strong>bold</strong> <em>soft</em> <em>soft</em></p>")
        #expect(html("2 * 3 * 4, max_tokens_here") == "<p>2 * 3 * 4, max_tokens_here</p>")
        #expect(html("**never closed") == "<p>**never closed</p>")
        #expect(html(#"\*plain\*"#) == "<p>*plain*</p>")
    }

    @Test func `code keeps its marks, and may hold backticks inside more backticks`() {
        #expect(html("`**x** [a](b)`") == "<p><code>**x** [a](b)</code></p>")
        #expect(html("``a`b``") == "<p><code>a`b</code></p>")
        #expect(html("a ` b") == "<p>a ` b</p>")
    }

    @Test func `a block of code is kept to the letter`() {
        #expect(
            html("```sh\ncurl -i \\\n  -H 'x'\n\n# no heading\n```\nafter")
                == "<pre tabindex=\"0\"><code>curl -i \\\n  -H &#39;x&#39;\n\n# no heading</code></pre>\n<p>after</p>")
    }

    @Test func `a block of code that never ends goes to the end`() {
        #expect(html("```\na") == "<pre tabindex=\"0\"><code>a</code></pre>")
    }

    @Test func `lists nest by their indentation`() {
        #expect(html("- a\n- b\n  c\n  - d\n- e") == "<ul><li>a</li><li>b\nc<ul><li>d</li></ul></li><li>e</li></ul>")
        #expect(html("1. a\n2. b\n\ntext") == "<ol><li>a</li><li>b</li></ol>\n<p>text</p>")
    }

    @Test func `an item may hold code`() {
        #expect(
            html("1. Do:\n\n   ```sh\n   ls\n   ```\n2. Done")
                == "<ol><li>Do:<pre tabindex=\"0\"><code>ls</code></pre></li><li>Done</li></ol>")
    }

    @Test func `tables have column headers, and an escaped bar belongs to its cell`() {
        let table = html("| Code | What |\n|---|---|\n| `a \\| b` | *x* |\n\nafter")
        #expect(table.contains(#"<th scope="col">Code</th><th scope="col">What</th>"#))
        #expect(table.contains("<td><code>a | b</code></td><td><em>x</em></td>"))
        #expect(table.hasSuffix("<p>after</p>"))
    }

    @Test func `a quote holds blocks`() {
        #expect(html("> one\n> two") == "<blockquote><p>one\ntwo</p></blockquote>")
    }

    @Test func `links between guides lead to their pages`() {
        #expect(html("[e](errors.md#routes)") == #"<p><a href="/docs/errors#routes">e</a></p>"#)
        #expect(html("[k](keys.md)") == #"<p><a href="/docs/keys">k</a></p>"#)
        #expect(html("[w](https://example.com/?a=1&b=2)").contains(#"href="https://example.com/?a=1&amp;b=2""#))
    }

    @Test(arguments: ["javascript:alert", "data:text/html,x", "//evil.example", "unknown.md", "../x"])
    func `a link to where no guide should lead is left out`(target: String) {
        #expect(html("[text](\(target))") == "<p>text</p>")
    }

    @Test func `any text is read to its end`() {
        let texts = ["", "\n\n", "[", "[a](", "`", "**", "* ", "-", "1.", "|", "|\n|-|", ">", "#", "\\", "```", "-\n"]
        for text in texts { _ = html(text) }
    }

    @Test func `a table's empty corner is no header`() {
        let html = MarkdownReader.blocks(of: "| | A |\n|---|---|\n| b | c |\n").html { $0 }
        #expect(html.contains(#"<tr><td></td><th scope="col">A</th></tr>"#))
    }
}
