import Foundation
import XCTest

/// The program `audit-load` as a child of a test, and what it said.
final class LoadProgram {
    private let process = Process()
    private let output = Pipe()
    private let input = Pipe()
    private var pending: [UInt8] = []

    init(_ arguments: [String]) throws {
        // Beside the test bundle, where the package manager puts all products.
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        process.executableURL = bundle.deletingLastPathComponent()
            .appendingPathComponent("audit-load")
        process.arguments = arguments
        process.standardOutput = output
        process.standardInput = input
        try process.run()
    }

    /// The next line; nil at the end of the output.
    func line() -> String? {
        while true {
            if let end = pending.firstIndex(of: 0x0A) {
                let line = String(decoding: pending[..<end], as: UTF8.self)
                pending.removeFirst(end + 1)
                return line
            }
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { return nil }
            pending.append(contentsOf: more)
        }
    }

    /// Ends the program in the middle of whatever it does; what it had said can still be read.
    func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Lets `hold` end by itself.
    func release() {
        input.fileHandleForWriting.closeFile()
        process.waitUntilExit()
    }
}
