import Glibc
import RIGLinux
import RIGLoop

/// The whole of RIG but the command line, in one process, for tests that need many calls or the
/// same process after a bad one.
///
///     call-storm FOLDER each                  calls read from standard input, one after the other:
///                                             `TOOL <tab> DEADLINE-MS <tab> ARGS` a line; a result
///                                             a line
///     call-storm FOLDER storm SEED COUNT      COUNT calls, many at a time, while workers are
///                                             killed; then one JSON object that counts them
///     call-storm FOLDER hold COUNT            COUNT calls of every tally that end after an hour;
///                                             says which processes there are, then "held"
///     call-storm FOLDER serve                 takes calls over FOLDER/storm.sock until its
///                                             standard input ends; says "serving" first
///     call-storm SOCKET client NAME SEED COUNT  one client of such a one
///
///     call-storm FOLDER keyed COUNT TOOL ARGS COUNT calls at once, all the same and with one
///                                             idempotency key; a result a line
///
/// FOLDER holds rig.yaml; its state goes beside it, as with `rig`.
@main
enum CallStorm {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count >= 2 else {
            Terminal.report("call-storm FOLDER each | storm SEED COUNT | hold COUNT | keyed …\n")
            exit(2)
        }
        if arguments[1] == "client" {
            exit(
                Client.run(
                    arguments[0], name: arguments[2], seed: UInt64(arguments[3]) ?? 0,
                    count: Int(arguments[4]) ?? 0))
        }
        exit(EventLoop.shared.run { await run(arguments) })
    }

    @RequestLoop
    private static func run(_ arguments: [String]) async -> CInt {
        do {
            let house = try await House.open(arguments[0])
            switch arguments[1] {
            case "each":
                try await house.callEach()
            case "serve":
                let counter = try Counter(house, at: Path.join(arguments[0], "storm.sock"))
                try counter.open()
                say("serving")
                try await RequestLoop.offload {
                    _ = try Transmit.readAll(Terminal.inputFd, bytesMax: 1 << 10)
                }
            case "hold":
                try await house.hold(count: Int(arguments[2]) ?? 1)
            case "keyed":
                await house.keyed(
                    count: Int(arguments[2]) ?? 1, arguments[3], Array(arguments[4].utf8))
            default:
                let storm = Storm(
                    house, seed: UInt64(arguments[2]) ?? 0, count: Int(arguments[3]) ?? 0)
                say(await storm.run())
            }
            try await house.close()
            return 0
        } catch {
            Terminal.report("call-storm: \(error)\n")
            return 1
        }
    }
}

/// A line on standard output, written before this returns.
func say(_ line: String) {
    var bytes = Array((line + "\n").utf8)[...]
    while !bytes.isEmpty {
        let count = bytes.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
        guard count > 0 else { exit(3) }
        bytes = bytes.dropFirst(count)
    }
}
