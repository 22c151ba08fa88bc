/// Writes markup that is both HTML and well-formed XML: every element is closed, every name and text escaped.
///
///     var page = Markup()
///     page.element("p", [("class", "note")]) { $0.text("a < b") }   // <p class="note">a &lt; b</p>
struct Markup {
    /// Attributes, in the order in which they are written.
    typealias Attributes = [(name: String, value: String)]

    /// What has been written.
    private(set) var written = ""

    /// Writes an element around what `content` writes.
    mutating func element(_ name: String, _ attributes: Attributes = [], _ content: (inout Markup) -> Void) {
        open(name, attributes, end: ">")
        content(&self)
        written += "</\(name)>"
    }

    /// Writes an element around a text.
    mutating func element(_ name: String, _ attributes: Attributes = [], text: String) {
        element(name, attributes) { $0.text(text) }
    }

    /// Writes an element without content, which HTML must know to have none.
    mutating func empty(_ name: String, _ attributes: Attributes = []) { open(name, attributes, end: "/>") }

    /// Writes text, escaped.
    mutating func text(_ text: String) { Self.escape(text, into: &written) }

    /// Begins a new line, for those who read the source.
    mutating func line() { written += "\n" }

    /// Writes what is markup already, and well-formed.
    mutating func markup(_ markup: String) { written += markup }

    private mutating func open(_ name: String, _ attributes: Attributes, end: String) {
        written += "<\(name)"
        for (name, value) in attributes {
            written += " \(name)=\""
            Self.escape(value, into: &written)
            written += "\""
        }
        written += end
    }

    /// Writes a text in which nothing is markup; characters that XML does not allow become the replacement character.
    private static func escape(_ text: String, into result: inout String) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
            case "\u{0}"..<"\u{20}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
