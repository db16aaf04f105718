import Testing
import Wire

@Suite struct ExpectedFormTests {
    @Test(arguments: ExpectedForm.allCases)
    func `what is expected is said in French without an English word`(form: ExpectedForm) {
        let words = form.french.split { !$0.isLetter }.map(String.init)
        #expect(!words.isEmpty && form.french != form.rawValue)
        for word in ["a", "an", "or", "of", "and", "string", "number", "array", "object", "kind", "token"] {
            #expect(!words.contains(word), "\(form.french)")
        }
    }
}
