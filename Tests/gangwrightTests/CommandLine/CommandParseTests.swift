import Testing

@testable import gangwright

@Suite("A command line is read as kubectl's users write it")
struct CommandParseTests {
    private func schedule(_ words: String...) throws -> Arguments {
        let parsed = try sample.parse(["schedule", "--cluster", "a.yaml"] + words)
        #expect(parsed.path == ["gangwright", "schedule"])
        #expect(!parsed.wantsHelp)
        return parsed.arguments
    }

    @Test("commands select a path")
    func paths() throws {
        #expect(try sample.parse(["version"]).path == ["gangwright", "version"])
        let parsed = try sample.parse(["explain", "pod", "trainer-0"])
        #expect(parsed.path == ["gangwright", "explain", "pod"])
        #expect(parsed.arguments.positional("NAME") == "trainer-0")
    }

    @Test("one of the commands below may be meant where none is named")
    func defaultSubcommand() throws {
        let all = Command(
            "ask", abstract: "Asks", options: [.flag("loud", help: "loudly")],
            subcommands: [Command("all", abstract: "After all"), Command("one", abstract: "After one")],
            defaultSubcommand: "all")
        #expect(try all.parse(["--loud"]).path == ["ask", "all"])
        #expect(try all.parse(["--loud"]).arguments.flag("loud"))
        #expect(try all.parse(["one"]).path == ["ask", "one"])
        let error = #expect(throws: UsageError.self) { try all.parse(["two", "--loud"]) }
        #expect(error?.reason == .unknownCommand("two", nearest: nil, known: ["all", "one"]))
    }

    @Test(
        "a value follows its option in any of the usual ways",
        arguments: [
            ["--output", "json"], ["--output=json"], ["-o", "json"], ["-ojson"], ["-o=json"],
            ["-qo", "json"], ["-rqojson"],
            ["-o", "yaml", "-o", "json"],
        ])
    func values(words: [String]) throws {
        let arguments = try sample.parse(["schedule", "--cluster=a"] + words).arguments
        #expect(arguments.value("output") == "json")
    }

    @Test("a repeatable option keeps every value, another the last")
    func repetition() throws {
        let arguments = try schedule("--cluster=b", "--config", "x", "--cluster", "-", "--config=y")
        #expect(arguments.values("cluster") == ["a.yaml", "b", "-"])
        #expect(arguments.values("config") == ["y"])
    }

    @Test("what is left out has its default")
    func defaults() throws {
        let arguments = try schedule()
        #expect(arguments.value("output") == "table")
        #expect(!arguments.isGiven("output"))
        #expect(arguments.value("config") == nil)
        #expect(arguments.values("config") == [])
        #expect(arguments.integer("cycles") == 1)
        #expect(arguments.integer("gang-size") == nil)
        #expect(!arguments.flag("require-all"))
    }

    @Test("flags join, repeat, and can be unset")
    func flags() throws {
        let joined = try schedule("-rq")
        #expect(joined.flag("require-all") && joined.flag("quiet"))
        #expect(try schedule("--quiet", "--quiet").flag("quiet"))
        #expect(try schedule("--quiet=true").flag("quiet"))
        #expect(try !schedule("--quiet", "--quiet=false").flag("quiet"))
        #expect(try schedule("--quiet=false").isGiven("quiet"))
    }

    @Test("values may hold signs, or be negative numbers")
    func oddValues() throws {
        #expect(try schedule("--config=a=b").value("config") == "a=b")
        #expect(try schedule("--config=--output").value("config") == "--output")
        #expect(try schedule("-nx=y").value("namespace") == "x=y")
        #expect(try schedule("-g", "-3").integer("gang-size") == -3)
        #expect(try schedule("-g-3").integer("gang-size") == -3)
    }

    @Test("options may stand before and after words; -- ends them")
    func order() throws {
        let parsed = try sample.parse([
            "config", "-f", "native", "check", "a", "--format=volcano", "b", "-", "--", "-x", "--",
        ])
        #expect(parsed.path == ["gangwright", "config", "check"])
        #expect(parsed.arguments.positionals("FILE") == ["a", "b", "-", "-x", "--"])
        #expect(parsed.arguments.value("format") == "volcano")
    }

    @Test("an optional argument may be left out")
    func optional() throws {
        #expect(try sample.parse(["config", "show"]).arguments.positional("FILE") == nil)
        #expect(try sample.parse(["config", "show", "x"]).arguments.positional("FILE") == "x")
    }

    @Test(
        "help is asked for in several ways, before anything is required",
        arguments: [
            ([], ["gangwright"]), (["help"], ["gangwright"]), (["--help"], ["gangwright"]),
            (["-h"], ["gangwright"]),
            (["schedule", "-h"], ["gangwright", "schedule"]),
            (["help", "schedule"], ["gangwright", "schedule"]),
            (["schedule", "--quiet", "--help", "--nonsense"], ["gangwright", "schedule"]),
            (["config", "--help"], ["gangwright", "config"]),
            (["help", "config", "check"], ["gangwright", "config", "check"]),
            (["config", "check", "-h"], ["gangwright", "config", "check"]),
            (["schedule", "-qh"], ["gangwright", "schedule"]),
        ] as [([String], [String])])
    func help(words: [String], path: [String]) throws {
        let parsed = try sample.parse(words)
        #expect(parsed.wantsHelp)
        #expect(parsed.path == path)
    }
}

@Suite("A command line that is not understood says what was expected")
struct UsageErrorTests {
    static let refused: [(line: String, message: String)] = [
        ("schedule --clutser a", "unknown option --clutser; did you mean --cluster?"),
        ("schedule --clutser=a", "unknown option --clutser; did you mean --cluster?"),
        ("schedule --require", "unknown option --require; did you mean --require-all?"),
        ("schedule --zzz", "unknown option --zzz"),
        ("schedule -cluster a", "unknown option -cluster; did you mean --cluster?"),
        ("schedule -x", "unknown option -x"),
        ("schedule -qx", "unknown option -x"),
        ("--cluster a schedule", "unknown option --cluster"),
        ("shedule", "unknown command shedule; did you mean schedule?"),
        ("sch", "unknown command sch; did you mean schedule?"),
        (
            "frobnicate",
            "unknown command frobnicate; expected schedule, explain, config, completion or version"
        ),
        ("config chekc a", "unknown command chekc; did you mean check?"),
        ("help config chekc", "unknown command chekc; did you mean check?"),
        ("help version now", "unexpected argument now"),
        ("config", "config needs a command: show or check"),
        ("explain --", "explain needs a command: pod or job"),
        (
            "-- frobnicate",
            "unknown command frobnicate; expected schedule, explain, config, completion or version"
        ),
        ("schedule --cluster", "--cluster needs a value: --cluster FILE|DIR|-"),
        ("schedule --cluster --config x", "--cluster needs a value: --cluster FILE|DIR|-"),
        ("schedule -o", "--output needs a value: --output FORMAT"),
        ("schedule --output=", "--output needs a value: --output FORMAT"),
        ("schedule --quiet=yes", "--quiet=yes: expected true or false, or no value"),
        ("schedule -q=", "--quiet=: expected true or false, or no value"),
        ("schedule -o jsn", "--output jsn: expected table, wide, json or yaml; did you mean json?"),
        ("schedule -o csv", "--output csv: expected table, wide, json or yaml"),
        ("schedule --cycles 0", "--cycles 0: expected a whole number of at least 1"),
        ("schedule --cycles 1.5", "--cycles 1.5: expected a whole number of at least 1"),
        (
            "schedule --cycles 99999999999999999999",
            "--cycles 99999999999999999999: expected a whole number of at least 1"
        ),
        ("schedule -g 9", "--gang-size 9: expected a whole number from -8 to 8"),
        ("schedule", "schedule needs --cluster FILE|DIR|-"),
        ("schedule extra", "unexpected argument extra"),
        ("explain pod", "explain pod needs NAME"),
        ("explain pod a b", "unexpected argument b"),
        ("config check", "config check needs FILE"),
        ("completion tcsh", "SHELL tcsh: expected bash, zsh or fish"),
        ("completion zhs", "SHELL zhs: expected bash, zsh or fish; did you mean zsh?"),
    ]

    @Test("each mistake has its sentence", arguments: refused)
    func message(line: String, message: String) {
        let error = #expect(throws: UsageError.self) {
            try sample.parse(line.split(separator: " ").map(String.init))
        }
        #expect(error?.description == message)
    }

    @Test("the hint names the command that was reached")
    func hint() {
        let error = #expect(throws: UsageError.self) { try sample.parse(["config", "check", "--bogus"]) }
        #expect(error?.hint == "see 'gangwright config check --help'")
    }

    @Test("an empty word is an argument like any other")
    func emptyWord() {
        let error = #expect(throws: UsageError.self) { try sample.parse(["schedule", ""]) }
        #expect(error?.reason == .unexpectedArgument(""))
    }
}
