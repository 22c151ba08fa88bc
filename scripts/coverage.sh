#!/bin/sh
# Runs all tests with coverage and prints a table by module: scripts/coverage.sh
#
# The llvm-cov that belongs to the toolchain is the only one that reads what the toolchain's tests write.
set -eu

cd "$(dirname "$0")/.."
scratch=.build-coverage
swift test --disable-xctest --enable-code-coverage --scratch-path "$scratch" >&2

resources=$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
llvm_cov=$resources/../../bin/llvm-cov
bin=$(swift build --scratch-path "$scratch" --show-bin-path)

"$llvm_cov" report "$bin"/*.xctest -instr-profile="$bin/codecov/default.profdata" \
    -ignore-filename-regex='(^|/)(Tests|Fuzz|\.build[^/]*)/' |
    awk '
        # Columns of llvm-cov: file, then total, missed, covered of regions, functions and lines.
        /\.(swift|cpp|c) / {
            file = $1
            sub(/^.*Sources\//, "", file)
            split(file, parts, "/")
            module = parts[1]
            functions[module] += $5; functionsMissed[module] += $6
            lines[module] += $8; linesMissed[module] += $9
        }
        function row(name, lines, linesMissed, functions, functionsMissed) {
            return sprintf("%-20s %8d %8.1f%% %10d %8.1f%%", name, lines, 100 * (1 - linesMissed / lines), \
                functions, 100 * (1 - functionsMissed / functions))
        }
        END {
            printf "%-20s %8s %9s %10s %9s\n", "MODULE", "LINES", "COVERED", "FUNCTIONS", "COVERED"; fflush()
            for (module in lines) {
                l += lines[module]; lm += linesMissed[module]; f += functions[module]; fm += functionsMissed[module]
                print row(module, lines[module], linesMissed[module], functions[module], functionsMissed[module]) | "sort"
            }
            close("sort")
            print row("all", l, lm, f, fm)
        }'
