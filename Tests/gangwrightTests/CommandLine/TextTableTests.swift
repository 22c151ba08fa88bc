import Testing

@testable import gangwright

@Suite("Tables are aligned and leave no blanks behind")
struct TextTableTests {
    @Test("columns are as wide as their widest cell; numbers align right")
    func aligned() {
        var table = TextTable([.left("NAME"), .right("GPUS"), .left("STATUS")])
        table.add(["pool-a-node-1", "8", "Ready"])
        table.add(["b", "128", ""])
        table.add(["", "", "Lost"])
        #expect(
            table.text(style: .plain)
                == "NAME            GPUS   STATUS\n" + "pool-a-node-1      8   Ready\n"
                + "b                128\n"
                + "                       Lost\n")
    }

    @Test("colours do not move the columns")
    func colored() {
        var table = TextTable([.left("POD"), .left("STATE"), .right("AGE")])
        table.add([.init("a", .good), .init("Bound", .bad), "5s"])
        table.add(["long", .init("", .bad), .init("10s", .faint)])
        let colored = table.text(style: Style(usesColor: true))
        #expect(
            colored
                == "\u{1B}[1mPOD\u{1B}[0m    \u{1B}[1mSTATE\u{1B}[0m   \u{1B}[1mAGE\u{1B}[0m\n"
                + "\u{1B}[32ma\u{1B}[0m      \u{1B}[31mBound\u{1B}[0m    5s\n"
                + "long           \u{1B}[2m10s\u{1B}[0m\n")
        #expect(
            table.text(style: .plain) == "POD    STATE   AGE\n" + "a      Bound    5s\n"
                + "long           10s\n")
    }

    @Test("a table without rows is its header, or nothing")
    func empty() {
        let table = TextTable([.left("A"), .left("B")])
        #expect(table.isEmpty)
        #expect(table.text(style: .plain) == "A   B\n")
        #expect(table.text(style: .plain, header: false) == "")
    }

    @Test("names from a cluster cannot move the cursor")
    func control() {
        #expect(TextTable.Cell("a\u{1B}[2Jb\n\tc\u{9B}d").text == "aU+001B[2JbU+000AU+0009cU+009Bd")
    }
}

@Suite("Colours are for terminals that want them")
struct StyleTests {
    @Test(
        "terminal, NO_COLOR and TERM decide",
        arguments: [
            (true, [:], true), (false, [:], false), (true, ["NO_COLOR": "1"], false),
            (true, ["NO_COLOR": ""], true),
            (true, ["TERM": "dumb"], false), (true, ["TERM": "xterm"], true),
            (false, ["TERM": "xterm"], false),
        ] as [(Bool, [String: String], Bool)])
    func decision(isTerminal: Bool, environment: [String: String], expected: Bool) {
        #expect(Style(isTerminal: isTerminal, environment: environment).usesColor == expected)
    }

    @Test("painting surrounds a text that is not empty")
    func paint() {
        let style = Style(usesColor: true)
        #expect(style.paint("x", .bad) == "\u{1B}[31mx\u{1B}[0m")
        #expect(style.paint("", .bad) == "")
        #expect(style.paint("x", nil) == "x")
        #expect(Style.plain.paint("x", .bad) == "x")
    }
}
