@testable import gangwright

/// A tree with every kind of option and argument, for the suites of this folder.
let sample = Command(
    "gangwright", abstract: "Schedules gangs of pods onto nodes",
    subcommands: [
        Command(
            "schedule", abstract: "Runs scheduling cycles over a snapshot",
            discussion: """
                Reads what kubectl prints and decides where every pending pod goes. A gang is placed whole or not at all;
                what stays pending has a reason.

                Nothing is changed in any cluster.
                """,
            examples: [
                Command.Example(
                    "Place everything in a dump",
                    "kubectl get nodes,pods -A -o yaml | gangwright schedule --cluster -"),
                Command.Example("Fail unless all fits", "gangwright schedule --cluster dump/ --require-all"),
            ],
            options: [
                Option(
                    name: "cluster", metavar: "FILE|DIR|-", help: "Objects to schedule", repeatable: true,
                    required: true),
                Option(name: "config", metavar: "FILE", help: "Configuration of the scheduler"),
                Option(
                    name: "output", short: "o", metavar: "FORMAT", help: "How to print", default: "table",
                    choices: ["table", "wide", "json", "yaml"]),
                Option(
                    name: "namespace", short: "n", metavar: "NAME", help: "Show only this namespace's pods"),
                Option(
                    name: "cycles", metavar: "COUNT", help: "Cycles to run", default: "1",
                    integers: 1...Int.max),
                Option(
                    name: "gang-size", short: "g", metavar: "COUNT", help: "Pods a gang", integers: -8...8),
                .flag("require-all", short: "r", help: "Exit with 1 if a pod stays pending"),
                .flag("quiet", short: "q", help: "Print nothing but errors"),
            ]),
        Command(
            "explain", abstract: "Tells why something is where it is",
            subcommands: [
                Command(
                    "pod", abstract: "Explains a pod",
                    positionals: [Positional("NAME", help: "Name of the pod")]),
                Command(
                    "job", abstract: "Explains a job",
                    positionals: [Positional("NAME", help: "Name of the job")]),
            ]),
        Command(
            "config", abstract: "Shows or checks a configuration",
            options: [
                Option(
                    name: "format", short: "f", metavar: "NAME", help: "Schema",
                    choices: ["volcano", "native"])
            ],
            subcommands: [
                Command(
                    "show", abstract: "Prints it",
                    positionals: [Positional("FILE", help: "Configuration", required: false)]),
                Command(
                    "check", abstract: "Reports mistakes",
                    positionals: [Positional("FILE", help: "Configurations", repeatable: true)]),
            ]),
        Command(
            "completion", abstract: "Prints a completion script",
            positionals: [
                Positional("SHELL", help: "Shell to complete in", choices: ["bash", "zsh", "fish"])
            ]),
        Command("version", abstract: "Prints the version"),
    ])
