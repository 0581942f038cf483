import Glibc
import RIGLinux

/// A client process of a soak: calls one after the other, connects again when the sidecar was
/// killed, and says after each call how it ended.
///
///     call-storm SOCKET client NAME SEED COUNT
enum Client {
    static func run(_ path: String, name: String, seed: UInt64, count: Int) -> CInt {
        // A write to a sidecar that was killed is an error, not the end.
        signal(SIGPIPE, SIG_IGN)
        var dice = Dice(state: seed)
        var line: Line?
        for number in 0..<count {
            let request = call(&dice, "\(seed)-\(number)")
            do {
                let open = try line ?? Line(path)
                line = open
                say("\(name) \(try open.ask(request))")
            } catch {
                // The sidecar is gone, with what it did not answer.
                line = nil
                say("\(name) lost")
            }
        }
        return 0
    }

    private static func call(_ dice: inout Dice, _ key: String) -> String {
        let pack = dice.roll(2) == 0 ? "py" : "js"
        return switch dice.roll(12) {
        case 0..<8: "\(pack).say\t{\"text\": \"call \(key)\"}\n"
        case 8: "\(pack).big\t{\"bytes\": \(dice.roll(60_000))}\n"
        case 9: "\(pack).say\t{\"text\": 7}\n"
        default: "\(pack)tally.mark\t{\"key\": \"\(key)\", \"seconds\": 0.00\(dice.roll(3))}\n"
        }
    }
}

/// A connection to the sidecar.
private final class Line {
    private let socket: Descriptor

    /// Waits for a sidecar that is being started again.
    init(_ path: String) throws {
        while true {
            do {
                socket = try UnixSocket.connect(path)
                return
            } catch Errno.noEntry {
                KernelThread.sleep(milliseconds: 20)
            } catch Errno.connectionRefused {
                KernelThread.sleep(milliseconds: 20)
            } catch Errno.again {
                KernelThread.sleep(milliseconds: 20)
            }
        }
    }

    func ask(_ request: String) throws -> String {
        try Transmit.writeAll(socket.fd, Array(request.utf8))
        var line: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 256)
        while line.last != 10 {
            switch try Transmit.read(socket.fd, into: &room) {
            case .bytes(let count): line += room.prefix(count)
            case .wouldBlock: _ = try Poll.wait(socket.fd, for: .read, timeoutMilliseconds: nil)
            case .end: throw Errno.connectionReset
            }
        }
        return String(decoding: line.dropLast(), as: UTF8.self)
    }
}
