import Testing

@testable import gangwright

@Suite("Help is generated from the declarations")
struct CommandHelpTests {
    @Test("a command that groups others lists them")
    func root() {
        #expect(
            sample.help(path: ["gangwright"]) == """
                Usage: gangwright COMMAND [options]

                Schedules gangs of pods onto nodes.

                Commands:
                  schedule    Runs scheduling cycles over a snapshot
                  explain     Tells why something is where it is
                  config      Shows or checks a configuration
                  completion  Prints a completion script
                  version     Prints the version

                Options:
                  -h, --help  Show this help

                See 'gangwright COMMAND --help' for a command's own options.

                """)
    }

    @Test("options stand in aligned columns with choices, defaults and examples")
    func leaf() {
        #expect(
            sample.help(path: ["gangwright", "schedule"], width: 80) == """
                Usage: gangwright schedule --cluster FILE|DIR|-... [options]

                Runs scheduling cycles over a snapshot.

                Reads what kubectl prints and decides where every pending pod goes. A gang is
                placed whole or not at all; what stays pending has a reason.

                Nothing is changed in any cluster.

                Options:
                      --cluster FILE|DIR|-  Objects to schedule (may be repeated)
                      --config FILE         Configuration of the scheduler
                  -o, --output FORMAT       How to print (one of table, wide, json, yaml;
                                            default table)
                  -n, --namespace NAME      Show only this namespace's pods
                      --cycles COUNT        Cycles to run (default 1)
                  -g, --gang-size COUNT     Pods a gang
                  -r, --require-all         Exit with 1 if a pod stays pending
                  -q, --quiet               Print nothing but errors
                  -h, --help                Show this help

                Examples:
                  # Place everything in a dump
                  kubectl get nodes,pods -A -o yaml | gangwright schedule --cluster -

                  # Fail unless all fits
                  gangwright schedule --cluster dump/ --require-all

                """)
    }

    @Test("arguments are listed, and options of the commands above")
    func nested() {
        #expect(
            sample.help(path: ["gangwright", "config", "check"]) == """
                Usage: gangwright config check [options] FILE...

                Reports mistakes.

                Arguments:
                  FILE  Configurations

                Options:
                  -f, --format NAME  Schema (one of volcano, native)
                  -h, --help         Show this help

                """)
    }

    @Test("a name too wide for the column has a line of its own")
    func wide() {
        let command = Command(
            "x", abstract: "Y",
            options: [Option(name: "a-very-long-option-name-indeed", metavar: "SOMETHING", help: "Help")])
        #expect(
            command.help(path: ["x"]) == """
                Usage: x [options]

                Y.

                Options:
                      --a-very-long-option-name-indeed SOMETHING
                              Help
                  -h, --help  Show this help

                """)
    }
}
