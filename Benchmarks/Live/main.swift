import Foundation

exit(LoadProgram.run(Array(CommandLine.arguments.dropFirst())))
